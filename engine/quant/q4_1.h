// Q4_1: 32 elements in 20 bytes; value = scale * q + offset, q in 0..15.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ4_1 {
    static constexpr std::size_t kElements = 32;

    std::uint16_t scale, offset; // f16 bits
    std::uint8_t nibbles[16];    // element i: low half of byte i (i < 16), high half of byte i - 16
};
static_assert(sizeof(BlockQ4_1) == 20);

void unpack(const BlockQ4_1& block, float* out); // 32 values
void pack(const float* values, BlockQ4_1& block);

} // namespace lectern
