// Q4_0: 32 elements in 18 bytes; value = scale * (q - 8), q in 0..15.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ4_0 {
    static constexpr std::size_t kElements = 32;

    std::uint16_t scale;      // f16 bits
    std::uint8_t nibbles[16]; // element i: low half of byte i (i < 16), high half of byte i - 16
};
static_assert(sizeof(BlockQ4_0) == 18);

void unpack(const BlockQ4_0& block, float* out); // 32 values
void pack(const float* values, BlockQ4_0& block);

} // namespace lectern
