// Q5_K: 256 elements in 176 bytes, 8 sub-blocks of 32; as Q4_K with q in 0..31.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockQ5_K {
    static constexpr std::size_t kElements = 256;

    std::uint16_t scale, offsetScale; // f16 bits
    std::uint8_t factors[12];         // packed as k_factors.h says
    std::uint8_t fifthBits[32];       // element i: bit i / 32 of byte i % 32
    std::uint8_t nibbles[128];        // as in Q4_K
};
static_assert(sizeof(BlockQ5_K) == 176);

void unpack(const BlockQ5_K& block, float* out); // 256 values
void pack(const float* values, BlockQ5_K& block);

} // namespace lectern
