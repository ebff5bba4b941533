// The 6-bit scale and offset factors of 8 sub-blocks in 12 bytes, as Q4_K and Q5_K store them:
// bytes 0..3: scale factors 0..3 (6 bits) and the high 2 bits of scale factors 4..7;
// bytes 4..7: the same of the offset factors;
// bytes 8..11: the low 4 bits of scale factors 4..7 (low halves) and of offset factors 4..7 (high halves).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lectern {

struct KFactors {
    std::array<std::uint8_t, 8> scale, offset; // 0..63
};

inline KFactors loadKFactors(const std::uint8_t* bytes)
{
    KFactors factors;
    for (std::size_t s = 0; s < 4; ++s) {
        factors.scale[s] = bytes[s] & 63;
        factors.offset[s] = bytes[s + 4] & 63;
        factors.scale[s + 4] = static_cast<std::uint8_t>((bytes[s + 8] & 15) | bytes[s] >> 6 << 4);
        factors.offset[s + 4] = static_cast<std::uint8_t>(bytes[s + 8] >> 4 | bytes[s + 4] >> 6 << 4);
    }
    return factors;
}

inline void storeKFactors(const std::array<int, 8>& scale, const std::array<int, 8>& offset,
                          std::uint8_t* bytes)
{
    for (std::size_t s = 0; s < 4; ++s) {
        bytes[s] = static_cast<std::uint8_t>(scale[s] | scale[s + 4] >> 4 << 6);
        bytes[s + 4] = static_cast<std::uint8_t>(offset[s] | offset[s + 4] >> 4 << 6);
        bytes[s + 8] = static_cast<std::uint8_t>((scale[s + 4] & 15) | (offset[s + 4] & 15) << 4);
    }
}

} // namespace lectern
