// A KV cache beside a shadow that forgets nothing: what was last written at each position.
#pragma once

#include "engine/kv/kv_cache.h"
#include "tests/support/mask_cases.h"

namespace lectern::test {

class KvShadow {
public:
    static constexpr int kLayers = 2, kKvHeads = 3, kHeadDim = 3, kChunk = 150;

    // Random patterns for every head.
    KvShadow(std::mt19937& random, std::int64_t context);

    KvCache& cache() { return *m_cache; }
    std::int64_t position() const { return static_cast<std::int64_t>(m_versions.size()); }
    void forgetFrom(std::int64_t position) { m_versions.resize(static_cast<std::size_t>(position)); }

    // The following answer "", or a line that says what is wrong.

    // Reads a chunk, and checks queries of it while it is open.
    std::string chunk(std::int64_t count, std::mt19937& random);
    // A chunk that is stopped after some layers.
    std::string stoppedChunk(std::int64_t count, int layers);
    // What must hold between chunks: the next query finds all it sees, no memory is used twice, slots
    // suffice.
    std::string unsound() const;

private:
    void write(std::int64_t count, int layers);
    // A key before `end` that query q sees and the cache does not hold as last written.
    std::string missing(std::int64_t q, std::int64_t end) const;
    bool holds(int layer, int head, std::int64_t k) const;

    LayerPlan m_plan;
    std::vector<MaskCase> m_masks;
    std::unique_ptr<KvCache> m_cache;
    std::vector<int> m_versions; // by position: the write that is valid there
    int m_version = 0;
};

} // namespace lectern::test
