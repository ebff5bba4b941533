// IQ4_NL: 32 elements in 18 bytes; value = scale * kIq4Values[q] (iq4_values.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

struct BlockIQ4_NL {
    static constexpr std::size_t kElements = 32;

    std::uint16_t scale;      // f16 bits
    std::uint8_t nibbles[16]; // element i: low half of byte i (i < 16), high half of byte i - 16
};
static_assert(sizeof(BlockIQ4_NL) == 18);

void unpack(const BlockIQ4_NL& block, float* out); // 32 values
void pack(const float* values, BlockIQ4_NL& block);

} // namespace lectern
