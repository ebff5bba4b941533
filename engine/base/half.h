// Half-precision numbers (IEEE binary16 and bfloat16) as stored in model files, in portable bit arithmetic.
// Rounding is to nearest, ties to even; subnormals and infinities are exact, every NaN stays a NaN.
#pragma once

#include <bit>
#include <cstdint>

namespace lectern {

inline float halfToFloat(std::uint16_t half)
{
    constexpr std::uint32_t kExponentShift = 112u << 23; // the difference of the two exponent biases
    const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
    const std::uint32_t magnitude = std::uint32_t{half & 0x7fffu} << 13;
    std::uint32_t bits = magnitude + kExponentShift;
    if ((half & 0x7c00u) == 0x7c00u)
        bits += kExponentShift; // infinity and NaN: the exponent becomes all ones
    else if ((half & 0x7c00u) == 0)
        // Subnormal: as a normal number of exponent -14 it is too large by exactly 2^-14.
        bits = std::bit_cast<std::uint32_t>(std::bit_cast<float>(bits + (1u << 23)) - 0x1p-14f);
    return std::bit_cast<float>(bits | sign);
}

inline std::uint16_t floatToHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    std::uint32_t half = 0;
    if (magnitude > 0x7f800000u) {
        half = 0x7e00u | ((magnitude >> 13) & 0x3ffu); // quiet NaN
    } else if (magnitude >= std::bit_cast<std::uint32_t>(65536.0f)) {
        half = 0x7c00u;
    } else if (magnitude < std::bit_cast<std::uint32_t>(0x1p-14f)) {
        // The sum with 0.5 has its last bit at 2^-24, the step of half subnormals: the addition rounds for
        // us.
        half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) -
               std::bit_cast<std::uint32_t>(0.5f);
    } else {
        const std::uint32_t tieToEven = (magnitude >> 13) & 1u;
        half = (magnitude - (112u << 23) + 0xfffu + tieToEven) >> 13; // a carry out of 65504 gives infinity
    }
    return static_cast<std::uint16_t>(sign | half);
}

// As floatToHalf, but never infinite: what does not fit becomes the largest half, NaN becomes 0. For scales.
inline std::uint16_t floatToFiniteHalf(float value)
{
    constexpr float kLargest = 65504.0f;
    if (value != value)
        return 0;
    return floatToHalf(value > kLargest ? kLargest : value < -kLargest ? -kLargest : value);
}

inline float bfloatToFloat(std::uint16_t value)
{
    return std::bit_cast<float>(std::uint32_t{value} << 16);
}

inline std::uint16_t floatToBfloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return static_cast<std::uint16_t>((bits >> 16) | 0x40u); // quiet NaN
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

} // namespace lectern
