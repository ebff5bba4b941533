// A decoder's forward pass in float64, written from the papers in plain loops: the measure for the engine's
// decoder, with which it shares no code. RMSNorm (arXiv 1910.07467) or LayerNorm (1607.06450), rotary
// positions (2104.09864), grouped-query attention (2305.13245) under any mask, SwiGLU and GEGLU (2002.05202)
// or GELU (1606.08415, in its tanh form).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace lectern::test {

// Matrices are [outputs][inputs], row-major. Empty vectors: the model has no such part.
struct ReferenceLayer {
    std::vector<double> attentionNorm, attentionNormBias, query, key, value, attentionOut;
    std::vector<double> queryBias, keyBias, valueBias, attentionOutBias;
    std::vector<double> queryNorm, keyNorm; // over as many numbers as they have, again and again
    std::vector<double> feedForwardNorm, feedForwardNormBias, gate, up, down;
    std::vector<double> upBias, downBias;
    std::vector<double> attentionPostNorm, feedForwardPostNorm; // of what a block adds
    std::int64_t window = 0; // keys it sees, the query's own included; 0: all
};

struct ReferenceModel {
    int heads = 0, kvHeads = 0, headDim = 0, embedding = 0, feedForward = 0, vocabulary = 0;
    bool layerNorms = false; // with mean and bias
    bool neox = false;       // pairs (i, i + n / 2), not (2i, 2i + 1)
    bool geluGate = false;   // GELU in place of SiLU
    double embeddingScale = 1;
    double attentionSoftcap = 0, outputSoftcap = 0; // 0: none
    double normEpsilon = 1e-5;
    double ropeBase = 10000;
    double positionScale = 1;
    int ropeDimensions = 0;
    std::vector<double> ropeDivisors; // empty: all 1
    double ropeMagnitude = 1;         // of cosines and sines
    double windowRopeBase = 0;        // layers with a window turn at this base, unscaled; 0: as the others
    // Where a query and a key of a layer stand for each other; empty: where they are. The key's does not
    // depend on the query.
    std::function<std::pair<std::int64_t, std::int64_t>(int layer, std::int64_t q, std::int64_t k)> standAt;
    std::function<double(std::int64_t position)> keyFactor, queryFactor; // empty: 1
    bool keysTurnWhenRead = false; // the cache rounds them before they are turned
    std::vector<double> tokenEmbedding, outputNorm, outputNormBias, output;
    std::vector<ReferenceLayer> layers;
};

// True if, in a layer and KV head, query position q sees key position k.
using LayerMask = std::function<bool(int layer, int kvHead, std::int64_t q, std::int64_t k)>;
bool causal(int layer, int kvHead, std::int64_t q, std::int64_t k);

enum class CachedNumbers { Halves, Exact };

// Logits after every token. Keys and values are rounded to f16, as a cache of that type holds them, or not.
std::vector<std::vector<double>> referenceLogits(const ReferenceModel& model, std::span<const std::int32_t> tokens,
                                                 const LayerMask& keeps,
                                                 CachedNumbers cached = CachedNumbers::Halves);

} // namespace lectern::test
