// Packing of 256-element super-blocks, whose sub-blocks have small whole numbers as scales under one
// half-precision scale. Shared by the K types and IQ4_XS; each type lays out the bits itself.
#pragma once

#include "engine/base/half.h"
#include "engine/quant/scale_search.h"

namespace lectern {

inline constexpr std::size_t kSuperBlock = 256;

template <std::size_t SubBlocks> struct SymmetricScales {
    std::uint16_t half = 0;              // the common scale, f16 bits
    std::array<int, SubBlocks> factor{}; // sub-block scale = half * factor

    float scale(std::size_t sub) const { return halfToFloat(half) * static_cast<float>(factor[sub]); }
};

template <std::size_t SubBlocks> struct AffineScales {
    std::uint16_t half = 0, offsetHalf = 0; // f16 bits
    std::array<int, SubBlocks> factor{}, offsetFactor{};

    AffineScale at(std::size_t sub) const
    {
        return {halfToFloat(half) * static_cast<float>(factor[sub]),
                halfToFloat(offsetHalf) * static_cast<float>(offsetFactor[sub])};
    }
};

// Scales of 256 `values` on `grid`; factors within `factors`, the largest scale taking its low end (which
// reaches one further).
template <std::size_t SubBlocks, typename Grid>
SymmetricScales<SubBlocks> searchSymmetric(const float* values, const Grid& grid, IntegerGrid factors)
{
    constexpr std::size_t kSize = kSuperBlock / SubBlocks;
    std::array<float, SubBlocks> wanted;
    float extreme = 0;
    for (std::size_t sub = 0; sub < SubBlocks; ++sub) {
        const std::span part(values + sub * kSize, kSize);
        wanted[sub] = bestScale(part, errorWeights(part), grid);
        if (std::fabs(wanted[sub]) > std::fabs(extreme))
            extreme = wanted[sub];
    }
    SymmetricScales<SubBlocks> found;
    found.half = reachingHalf(extreme / static_cast<float>(factors.low));
    const float common = halfToFloat(found.half);
    if (common == 0)
        return {};
    for (std::size_t sub = 0; sub < SubBlocks; ++sub) {
        const std::span part(values + sub * kSize, kSize);
        const SubBlockWeights weights = errorWeights(part);
        const int middle = roundedLevel(wanted[sub] / common, factors.low, factors.high);
        float bestError = HUGE_VALF;
        for (int factor = std::max(middle - 1, factors.low); factor <= std::min(middle + 1, factors.high);
             ++factor) {
            const float error = scaleError(part, weights, common * static_cast<float>(factor), grid);
            if (error < bestError) {
                bestError = error;
                found.factor[sub] = factor;
            }
        }
    }
    return found;
}

// Scales and offsets of 256 `values` with levels 0..high and factors 0..mostFactor.
template <std::size_t SubBlocks>
AffineScales<SubBlocks> searchAffine(const float* values, int high, int mostFactor)
{
    constexpr std::size_t kSize = kSuperBlock / SubBlocks;
    std::array<AffineScale, SubBlocks> wanted;
    AffineScale most;
    for (std::size_t sub = 0; sub < SubBlocks; ++sub) {
        const std::span part(values + sub * kSize, kSize);
        wanted[sub] = bestAffine(part, errorWeights(part), high);
        most.scale = std::max(most.scale, wanted[sub].scale);
        most.offset = std::max(most.offset, wanted[sub].offset);
    }
    AffineScales<SubBlocks> found;
    found.half = reachingHalf(most.scale / static_cast<float>(mostFactor));
    found.offsetHalf = reachingHalf(most.offset / static_cast<float>(mostFactor));
    const float common = halfToFloat(found.half), commonOffset = halfToFloat(found.offsetHalf);
    const auto around = [mostFactor](float wantedValue, float unit) {
        const int middle = unit == 0 ? 0 : roundedLevel(wantedValue / unit, 0, mostFactor);
        return IntegerGrid{std::max(middle - 1, 0), std::min(middle + 1, mostFactor)};
    };
    for (std::size_t sub = 0; sub < SubBlocks; ++sub) {
        const std::span part(values + sub * kSize, kSize);
        const SubBlockWeights weights = errorWeights(part);
        const IntegerGrid scales = around(wanted[sub].scale, common);
        const IntegerGrid offsets = around(wanted[sub].offset, commonOffset);
        float bestError = HUGE_VALF;
        for (int factor = scales.low; factor <= scales.high; ++factor) {
            for (int offset = offsets.low; offset <= offsets.high; ++offset) {
                const AffineScale trial{common * static_cast<float>(factor),
                                        commonOffset * static_cast<float>(offset)};
                if (const float error = affineError(part, weights, trial, high); error < bestError) {
                    bestError = error;
                    found.factor[sub] = factor;
                    found.offsetFactor[sub] = offset;
                }
            }
        }
    }
    return found;
}

// The level of each of 256 values under the scales found.
template <std::size_t SubBlocks>
std::array<std::uint8_t, kSuperBlock> affineLevels(const float* values, const AffineScales<SubBlocks>& scales,
                                                   int high)
{
    std::array<std::uint8_t, kSuperBlock> levels;
    for (std::size_t i = 0; i < kSuperBlock; ++i) {
        const AffineScale affine = scales.at(i / (kSuperBlock / SubBlocks));
        const float inverse = affine.scale == 0 ? 0 : 1 / affine.scale;
        levels[i] = static_cast<std::uint8_t>(roundedLevel((values[i] + affine.offset) * inverse, 0, high));
    }
    return levels;
}

// As affineLevels, counted from `low`: 0 stands for the grid's low end.
template <std::size_t SubBlocks>
std::array<std::uint8_t, kSuperBlock>
symmetricLevels(const float* values, const SymmetricScales<SubBlocks>& scales, IntegerGrid grid)
{
    std::array<std::uint8_t, kSuperBlock> levels;
    for (std::size_t i = 0; i < kSuperBlock; ++i) {
        const float scale = scales.scale(i / (kSuperBlock / SubBlocks));
        const float inverse = scale == 0 ? 0 : 1 / scale;
        levels[i] =
            static_cast<std::uint8_t>(roundedLevel(values[i] * inverse, grid.low, grid.high) - grid.low);
    }
    return levels;
}

} // namespace lectern
