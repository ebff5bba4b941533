// Q3_K: 256 elements in 110 bytes, 16 sub-blocks of 16; value = scale * (factor - 32) * (q - 4), q in 0..7,
// factors in 0..63.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ3_K {
    static constexpr std::size_t kElements = 256;

    std::uint8_t highBits[32]; // bit 2 of q: element i at bit i / 32 of byte i % 32
    std::uint8_t quants[64];   // bits 0 and 1 of q, as in Q2_K
    std::uint8_t factors[12];  // low 4 bits of factor s: byte s % 8, half s / 8; high 2 bits: byte 8 + s % 4,
                               // place s / 4
    std::uint16_t scale;       // f16 bits
};
static_assert(sizeof(BlockQ3_K) == 110);

void unpack(const BlockQ3_K& block, float* out); // 256 values
void pack(const float* values, BlockQ3_K& block);

} // namespace lectern
