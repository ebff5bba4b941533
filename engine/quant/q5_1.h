// Q5_1: 32 elements in 24 bytes; value = scale * q + offset, q in 0..31.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ5_1 {
    static constexpr std::size_t kElements = 32;

    std::uint16_t scale, offset; // f16 bits
    std::uint16_t fifthBits[2];  // bit i of the 32 (low word first): bit 4 of element i
    std::uint8_t nibbles[16];    // element i: low half of byte i (i < 16), high half of byte i - 16
};
static_assert(sizeof(BlockQ5_1) == 24);

void unpack(const BlockQ5_1& block, float* out); // 32 values
void pack(const float* values, BlockQ5_1& block);

} // namespace lectern
