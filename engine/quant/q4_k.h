// Q4_K: 256 elements in 144 bytes, 8 sub-blocks of 32; value = scale * factor * q - offsetScale *
// offsetFactor, q in 0..15, factors in 0..63.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ4_K {
    static constexpr std::size_t kElements = 256;

    std::uint16_t scale, offsetScale; // f16 bits
    std::uint8_t factors[12];         // packed as k_factors.h says
    std::uint8_t nibbles[128];        // sub-blocks 2k and 2k+1: low and high halves of bytes 32k..32k+31
};
static_assert(sizeof(BlockQ4_K) == 144);

void unpack(const BlockQ4_K& block, float* out); // 256 values
void pack(const float* values, BlockQ4_K& block);

} // namespace lectern
