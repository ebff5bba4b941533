// Dual Chunk Attention (arXiv 2402.17463): the text is cut into stretches, positions start again in each, and
// a query stands at one of three positions, by how many stretches lie between it and a key, so that no
// relative position is ever larger than those the model was trained on. One softmax runs over all keys. The
// paper's rule and the released code's (ChunkLlama, Qwen 1M) differ in the numbers only:
//   paper  chunk s, local window w = c - s:  stretch s, farthest s + w - 1
//   code   chunk_size S, local_size l:       stretch S - l, farthest S
#pragma once

#include <algorithm>
#include <cstdint>

namespace lectern {

struct DualChunk {
    std::int64_t stretch = 0;  // tokens; > 0
    std::int64_t farthest = 0; // the largest position a query stands at; stretch <= farthest < 2 * stretch

    static DualChunk ofPaper(std::int64_t chunk, std::int64_t local) { return {chunk, chunk + local - 1}; }
    static DualChunk ofCode(std::int64_t chunkSize, std::int64_t localSize)
    {
        const std::int64_t stretch = chunkSize - localSize;
        return {stretch, std::min(chunkSize, 2 * stretch - 1)};
    }

    std::int64_t keyPosition(std::int64_t key) const { return key % stretch; }
    std::int64_t inOwnStretch(std::int64_t query) const { return query % stretch; }
    std::int64_t forStretchBefore(std::int64_t query) const
    {
        return std::min(query % stretch + stretch, farthest);
    }
    std::int64_t forOlderStretches() const { return farthest; }

    // Of a query and a key at or before it.
    std::int64_t relativePosition(std::int64_t query, std::int64_t key) const
    {
        const std::int64_t apart = query / stretch - key / stretch;
        const std::int64_t at = apart == 0   ? inOwnStretch(query)
                                : apart == 1 ? forStretchBefore(query)
                                             : forOlderStretches();
        return at - keyPosition(key);
    }
    bool operator==(const DualChunk&) const = default;
};

} // namespace lectern
