// Packing of 32-element blocks with scales in half precision. Shared by Q4_0, Q4_1, Q5_0, Q5_1 and IQ4_NL.
#pragma once

#include "engine/base/half.h"
#include "engine/quant/scale_search.h"

namespace lectern {

inline constexpr std::size_t kSmallBlock = 32;

// f16 bits of the best scale of 32 values on `grid`.
template <typename Grid> std::uint16_t searchSmallScale(const float* values, const Grid& grid)
{
    const std::span part(values, kSmallBlock);
    return reachingHalf(bestScale(part, errorWeights(part), grid));
}

// f16 bits of a scale and an offset of either sign: value ~ scale * q + offset, q in 0..high.
struct SmallAffine {
    std::uint16_t scale = 0, offset = 0;
};

inline SmallAffine searchSmallAffine(const float* values, int high)
{
    // bestAffine holds the offset at or below zero; shifting by the least value frees it.
    const std::span part(values, kSmallBlock);
    const auto [least, most] = std::ranges::minmax(part);
    std::array<float, kSmallBlock> shifted;
    for (std::size_t i = 0; i < kSmallBlock; ++i)
        shifted[i] = values[i] - least - 0.5f * (most - least);
    const AffineScale found = bestAffine(shifted, errorWeights(part), high);
    return {reachingHalf(found.scale), floatToFiniteHalf(least + 0.5f * (most - least) - found.offset)};
}

// Levels of 32 values for value = scale * level + offset, clamped to grid, counted from grid.low.
inline std::array<std::uint8_t, kSmallBlock> smallLevels(const float* values, float scale, float offset,
                                                         IntegerGrid grid)
{
    const float inverse = scale == 0 ? 0 : 1 / scale;
    std::array<std::uint8_t, kSmallBlock> levels;
    for (std::size_t i = 0; i < kSmallBlock; ++i)
        levels[i] = static_cast<std::uint8_t>(
            roundedLevel((values[i] - offset) * inverse, grid.low, grid.high) - grid.low);
    return levels;
}

} // namespace lectern
