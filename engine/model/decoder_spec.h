// The numbers of a decoder-only transformer, read from a model file by its architecture's file.
#pragma once

#include "engine/attention/positions.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lectern {

enum class NormKind {
    Rms,   // arXiv 1910.07467
    Layer, // with a mean and a bias, arXiv 1607.06450
};

enum class FeedForwardKind {
    SwiGlu, // down(silu(gate x) * up x)
    GeGlu,  // down(gelu(gate x) * up x)
    Gelu,   // down(gelu(up x))
};

struct DecoderSpec {
    std::string architecture; // "llama", ...
    int layers = 0;
    int heads = 0;
    int kvHeads = 0;
    int headDim = 0;
    int embedding = 0;   // width of the residual stream
    int feedForward = 0; // width inside the feed-forward block
    int vocabulary = 0;
    std::int64_t contextLength = 0; // tokens the model was made for
    NormKind norm = NormKind::Rms;
    float normEpsilon = 1e-5f;
    FeedForwardKind feedForwardKind = FeedForwardKind::SwiGlu;
    float embeddingScale = 1;   // of the token embeddings
    float attentionScale = 0;   // of q k^T, usually 1 / sqrt(headDim)
    float attentionSoftcap = 0; // of the scores; 0: none
    float outputSoftcap = 0;    // of the logits; 0: none
    RopeSettings rope;
    // The keys that each layer sees, the query's own included; 0: all. Empty: every layer sees all.
    std::vector<std::int64_t> windows;
    std::optional<RopeSettings> windowRope; // of the layers with a window, where it is another one
    std::optional<DualChunkConfig> dualChunk;

    ModelPositions positions() const { return {rope, windowRope, windows, contextLength, dualChunk}; }
};

} // namespace lectern
