// A Llama forward pass in float64, written from the papers in plain loops: the measure for the engine's decoder, with
// which it shares no code. RMSNorm (arXiv 1910.07467), rotary positions in pairs (2i, 2i + 1) (arXiv 2104.09864),
// grouped-query attention (arXiv 2305.13245) under any mask, SwiGLU (arXiv 2002.05202).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace lectern::test {

// Matrices are [outputs][inputs], row-major.
struct ReferenceLayer {
    std::vector<double> attentionNorm, query, key, value, attentionOut;
    std::vector<double> feedForwardNorm, gate, up, down;
};

struct ReferenceModel {
    int heads = 0, kvHeads = 0, headDim = 0, embedding = 0, feedForward = 0, vocabulary = 0;
    double normEpsilon = 1e-5;
    double ropeBase = 10000;
    double positionScale = 1;
    int ropeDimensions = 0;
    std::vector<double> ropeDivisors; // empty: all 1
    std::vector<double> tokenEmbedding, outputNorm, output;
    std::vector<ReferenceLayer> layers;
};

// True if, in a layer and KV head, query position q sees key position k.
using LayerMask = std::function<bool(int layer, int kvHead, std::int64_t q, std::int64_t k)>;
bool causal(int layer, int kvHead, std::int64_t q, std::int64_t k);

// Logits after every token. Keys and values are rounded to f16, as a cache of that type holds them.
std::vector<std::vector<double>> referenceLogits(const ReferenceModel& model, std::span<const std::int32_t> tokens,
                                                 const LayerMask& keeps);

} // namespace lectern::test
