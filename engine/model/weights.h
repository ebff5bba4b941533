// A decoder's weights, with every shape proved when they were loaded. Linear weights point into the mapped
// file (or into owned memory); small vectors are f32 copies.
#pragma once

#include "engine/base/aligned_buffer.h"
#include "engine/kernels/linear.h"
#include "engine/kernels/low_rank.h"
#include "engine/kernels/weight_panels.h"

#include <memory>
#include <vector>

namespace lectern {

// Empty vectors and null matrices are parts that an architecture does not have.
struct LayerWeights {
    std::vector<float> attentionNorm, attentionNormBias; // [embedding]
    LinearWeights query, key, value;                     // [heads or kvHeads * headDim][embedding]
    std::vector<float> queryNorm, keyNorm;               // [headDim], or over all heads of a token at once
    LinearWeights attentionOut;                          // [embedding][heads * headDim]
    std::vector<float> attentionPostNorm;                // [embedding], of what attention adds
    std::vector<float> feedForwardNorm, feedForwardNormBias; // [embedding]
    LinearWeights gate, up;                                  // [feedForward][embedding]
    LinearWeights down;                                      // [embedding][feedForward]
    std::vector<float> feedForwardPostNorm;                  // [embedding], of what the block adds
};

struct ModelWeights {
    LinearWeights tokenEmbedding; // [vocabulary][embedding]
    std::vector<LayerWeights> layers;
    std::vector<float> outputNorm, outputNormBias; // [embedding]
    // [vocabulary][embedding]; the token embedding again where the file ties them. Fewer rows where an adapter
    // added tokens that have embeddings alone: those are never predicted.
    LinearWeights output;
    std::uint64_t bytes = 0; // of all tensors
    std::uint64_t parameters = 0;
    std::vector<AlignedBuffer> owned;       // backs weights that no file holds
    std::vector<std::vector<float>> biases; // what LinearWeights::bias points to
    std::vector<std::unique_ptr<LowRank>> lowRanks; // what LinearWeights::lowRank points to
    std::vector<std::unique_ptr<WeightPanels>> panels; // what LinearWeights::panels points to, not yet prepared
};

// Gives every matrix that is multiplied with its panels, where there are such.
void addPanels(ModelWeights& weights);

} // namespace lectern
