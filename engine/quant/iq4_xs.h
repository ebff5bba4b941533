// IQ4_XS: 256 elements in 136 bytes, 8 sub-blocks of 32; value = scale * (factor - 32) * kIq4Values[q]
// (iq4_values.h), factors in 0..63.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockIQ4_XS {
    static constexpr std::size_t kElements = 256;

    std::uint16_t scale;        // f16 bits
    std::uint16_t factorsHigh;  // bits 2s and 2s+1: bits 4 and 5 of factor s
    std::uint8_t factorsLow[4]; // factor s: byte s / 2, low half if s is even
    std::uint8_t nibbles[128];  // each sub-block takes 16 bytes, laid out as in IQ4_NL
};
static_assert(sizeof(BlockIQ4_XS) == 136);

void unpack(const BlockIQ4_XS& block, float* out); // 256 values
void pack(const float* values, BlockIQ4_XS& block);

} // namespace lectern
