// A decoder's weights, with every shape proved when they were loaded. Linear weights point into the mapped file (or into
// owned memory); small vectors are f32 copies.
#pragma once

#include "engine/base/aligned_buffer.h"
#include "engine/kernels/linear.h"

#include <vector>

namespace lectern {

struct LayerWeights {
    std::vector<float> attentionNorm;   // [embedding]
    LinearWeights query, key, value;    // [heads or kvHeads * headDim][embedding]
    LinearWeights attentionOut;         // [embedding][heads * headDim]
    std::vector<float> feedForwardNorm; // [embedding]
    LinearWeights gate, up;             // [feedForward][embedding]
    LinearWeights down;                 // [embedding][feedForward]
};

struct ModelWeights {
    LinearWeights tokenEmbedding; // [vocabulary][embedding]
    std::vector<LayerWeights> layers;
    std::vector<float> outputNorm; // [embedding]
    LinearWeights output;          // [vocabulary][embedding]; the token embedding again where the file ties them
    std::uint64_t bytes = 0;       // of all tensors
    std::uint64_t parameters = 0;
    std::vector<AlignedBuffer> owned; // backs weights that no file holds
};

} // namespace lectern
