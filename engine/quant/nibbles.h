// Four-bit levels of 32 elements in 16 bytes, and the fifth bits of 5-bit types.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

// Element i of 32: low half of byte i for i < 16, else high half of byte i - 16.
inline int nibbleAt(const std::uint8_t* nibbles, std::size_t i)
{
    return i < 16 ? nibbles[i] & 15 : nibbles[i - 16] >> 4;
}

// The low four bits of each of 32 levels.
inline void storeNibbles(const std::uint8_t* levels, std::uint8_t* nibbles)
{
    for (std::size_t i = 0; i < 16; ++i)
        nibbles[i] = static_cast<std::uint8_t>((levels[i] & 15) | (levels[i + 16] & 15) << 4);
}

inline int fifthBitAt(const std::uint16_t* bits, std::size_t i)
{
    return (bits[i / 16] >> (i % 16) & 1) << 4;
}

inline void storeFifthBits(const std::uint8_t* levels, std::uint16_t* bits)
{
    bits[0] = bits[1] = 0;
    for (std::size_t i = 0; i < 32; ++i)
        bits[i / 16] = static_cast<std::uint16_t>(bits[i / 16] | (levels[i] >> 4 & 1) << (i % 16));
}

} // namespace lectern
