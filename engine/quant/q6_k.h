// Q6_K: 256 elements in 210 bytes, 16 sub-blocks of 16; value = scale * factor * (q - 32), q in 0..63.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ6_K {
    static constexpr std::size_t kElements = 256;

    std::uint8_t
        nibbles[128]; // per 128 elements 64 bytes; element i: byte i % 64, low half if i < 64, else high
    std::uint8_t highBits[64]; // per 128 elements 32 bytes; element i: bits 2*(i/32).. of byte i % 32
    std::int8_t factors[16];
    std::uint16_t scale; // f16 bits
};
static_assert(sizeof(BlockQ6_K) == 210);

void unpack(const BlockQ6_K& block, float* out); // 256 values
void pack(const float* values, BlockQ6_K& block);

} // namespace lectern
