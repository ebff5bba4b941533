// How packing chooses scales. A block of values x is stored as scale * grid point (+ an offset for affine
// types); the scale is found by trying a fan of candidates, solving least squares for each, and keeping the
// best. Errors are weighted by w = rms + |x|: large weights matter more to the outputs of a matrix product.
#pragma once

#include "engine/base/half.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>

namespace lectern {

inline constexpr std::size_t kLargestSubBlock = 32;
using SubBlockWeights = std::array<float, kLargestSubBlock>;

// `value` rounded to the nearest whole number and clamped to [low, high]; NaN gives low. |low|, |high| <
// 2^22.
inline int roundedLevel(float value, int low, int high)
{
    constexpr float kShift = 0x1.8p23f; // sums near 1.5 * 2^23 have a last bit of 1
    const float bounded =
        value > static_cast<float>(low) ? std::min(value, static_cast<float>(high)) : static_cast<float>(low);
    return std::bit_cast<std::int32_t>(bounded + kShift) - std::bit_cast<std::int32_t>(kShift);
}

// The whole numbers low..high.
struct IntegerGrid {
    int low, high;

    float nearest(float value) const { return static_cast<float>(roundedLevel(value, low, high)); }
};

// f16 bits of `scale`. Where halves grow coarse (below 2^-14) rounded away from zero, so that what the scale
// was made to reach stays in reach.
inline std::uint16_t reachingHalf(float scale)
{
    const std::uint16_t half = floatToFiniteHalf(scale);
    const bool shrunk = std::fabs(halfToFloat(half)) < std::fabs(scale) * 0.999f && (half & 0x7fff) < 0x7bff;
    return shrunk ? static_cast<std::uint16_t>((std::signbit(scale) ? 0x8000 : 0) | ((half & 0x7fff) + 1))
                  : half;
}

SubBlockWeights errorWeights(std::span<const float> values);

// The scale d for which d * grid is nearest to `values`; 0 if all are 0. May be negative: the side of the
// grid that reaches further takes the largest value.
template <typename Grid>
float bestScale(std::span<const float> values, std::span<const float> weights, const Grid& grid)
{
    float extreme = 0;
    for (const float value : values)
        if (std::fabs(value) > std::fabs(extreme))
            extreme = value;
    if (!(std::fabs(extreme) > 1e-30f) || std::isinf(extreme))
        return 0;

    constexpr int kSteps = 9;
    float best = 0, bestGain = -1;
    for (const int end : {grid.low, grid.high}) {
        for (int step = -kSteps; step <= kSteps; ++step) {
            const float inverse =
                static_cast<float>(end) * (1.0f + 0.014f * static_cast<float>(step)) / extreme;
            float cross = 0, square = 0;
#pragma omp simd reduction(+ : cross, square)
            for (std::size_t i = 0; i < values.size(); ++i) {
                const float level = grid.nearest(inverse * values[i]);
                cross += weights[i] * values[i] * level;
                square += weights[i] * level * level;
            }
            // Least squares for these levels: d = cross / square, which lowers the error by cross^2 / square.
            if (square > 0 && cross * cross > bestGain * square) {
                bestGain = cross * cross / square;
                best = cross / square;
            }
        }
    }
    return best;
}

template <typename Grid>
float scaleError(std::span<const float> values, std::span<const float> weights, float scale, const Grid& grid)
{
    const float inverse = scale == 0 ? 0 : 1 / scale;
    float error = 0;
#pragma omp simd reduction(+ : error)
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float miss = values[i] - scale * grid.nearest(inverse * values[i]);
        error += weights[i] * miss * miss;
    }
    return error;
}

// value ~ scale * q - offset, q in 0..high, offset >= 0.
struct AffineScale {
    float scale = 0, offset = 0;
};

AffineScale bestAffine(std::span<const float> values, std::span<const float> weights, int high);
float affineError(std::span<const float> values, std::span<const float> weights, AffineScale affine,
                  int high);

} // namespace lectern
