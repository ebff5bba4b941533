// Q2_K: 256 elements in 84 bytes, 16 sub-blocks of 16; value = scale * factor * q - offsetScale *
// offsetFactor, q in 0..3, factors in 0..15.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ2_K {
    static constexpr std::size_t kElements = 256;

    std::uint8_t factors[16]; // of sub-block s: low half the scale's, high half the offset's
    std::uint8_t
        quants[64]; // each half of 128 elements takes 32 bytes; element i: bits 2*(i/32).. of byte i % 32
    std::uint16_t scale, offsetScale; // f16 bits
};
static_assert(sizeof(BlockQ2_K) == 84);

void unpack(const BlockQ2_K& block, float* out); // 256 values
void pack(const float* values, BlockQ2_K& block);

} // namespace lectern
