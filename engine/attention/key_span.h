// Runs of key positions, the currency between attention patterns, the KV cache and the kernels.
#pragma once

#include <cstdint>
#include <limits>

namespace lectern {

constexpr std::int64_t kNoPosition = std::numeric_limits<std::int64_t>::max();

// Keys [begin, end).
struct KeyRun {
    std::int64_t begin = kNoPosition;
    std::int64_t end = kNoPosition;
};

// Keys [begin, end) that a tile of queries reads. A query q of the tile sees key k of the span if k <= q and, where
// `windowed`, also k >= windowBegin(q): the bounds are arithmetic, there is no mask tensor.
struct KeySpan {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    bool windowed = false;
};

} // namespace lectern
