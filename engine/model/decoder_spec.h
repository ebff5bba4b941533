// The numbers of a decoder-only transformer, read from a model file by its architecture's file.
#pragma once

#include "engine/attention/rope.h"

#include <cstdint>
#include <string>

namespace lectern {

struct DecoderSpec {
    std::string architecture; // "llama", ...
    int layers = 0;
    int heads = 0;
    int kvHeads = 0;
    int headDim = 0;
    int embedding = 0;   // width of the residual stream
    int feedForward = 0; // width of the SwiGLU block
    int vocabulary = 0;
    std::int64_t contextLength = 0; // tokens the model was made for
    float normEpsilon = 1e-5f;
    float attentionScale = 0; // of q k^T, usually 1 / sqrt(headDim)
    RopeSettings rope;
};

} // namespace lectern
