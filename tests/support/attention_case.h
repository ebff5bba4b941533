// One attention layer with random queries, keys and values, read in chunks through a real KV cache, and the
// float64 answer for any of its rows.
#pragma once

#include "engine/kernels/attention.h"
#include "engine/kv/kv_cache.h"
#include "tests/support/reference_attention.h"

#include <functional>

namespace lectern::test {

class AttentionCase {
public:
    // One mask a KV head. Values are normal; scores have a deviation of about `sharpness`.
    AttentionCase(const AttentionShape& shape, std::vector<MaskCase> heads, int tokens, double sharpness,
                  unsigned seed, const KvTypes& types = {});

    // From now on positions start again every `stretch` tokens: each query has two more sets of random
    // numbers, for the keys of the stretch before and of older ones.
    void startAgainEvery(std::int64_t stretch, unsigned seed);

    // Called after a chunk's attention, before its end.
    using OnChunk = std::function<void(const AttentionJob& job, const std::vector<PageMass>& masses)>;
    // Reads the text in chunks of the given lengths (which must sum to tokens()); with `traced`, page masses
    // are asked for. Returns [tokens][heads][headDim].
    std::vector<float> run(const std::vector<int>& chunks, ThreadPool& pool, bool traced = false,
                           const OnChunk& onChunk = {});

    ReferenceRow reference(int head, int position) const;
    const AttentionShape& shape() const { return m_shape; }
    int tokens() const { return m_tokens; }
    std::string what() const;

private:
    AttentionShape m_shape;
    KvTypes m_types;
    std::vector<MaskCase> m_heads;
    int m_tokens;
    std::int64_t m_stretch = 0;
    std::vector<float> m_queries[3];        // [tokens][heads][headDim], by stretches between query and key
    std::vector<float> m_keys, m_values;    // [tokens][kvHeads][headDim]
    std::vector<ReferenceHead> m_reference; // what the pages hold of them
};

// Random chunk lengths that sum to `tokens`, none above `most`; some are 1.
std::vector<int> randomChunks(std::mt19937& random, int tokens, int most);

} // namespace lectern::test
