// Q8_0: 32 elements in 34 bytes; value = scale * q, q in -127..127.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ8_0 {
    static constexpr std::size_t kElements = 32;

    std::uint16_t scale; // f16 bits
    std::int8_t quants[32];
};
static_assert(sizeof(BlockQ8_0) == 34);

void unpack(const BlockQ8_0& block, float* out); // 32 values
void pack(const float* values, BlockQ8_0& block);

} // namespace lectern
