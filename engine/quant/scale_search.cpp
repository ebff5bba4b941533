#include "engine/quant/scale_search.h"

namespace lectern {

SubBlockWeights errorWeights(std::span<const float> values)
{
    float square = 0;
    for (const float value : values)
        square += value * value;
    const float rms = std::sqrt(square / static_cast<float>(values.size()));
    SubBlockWeights weights{};
    for (std::size_t i = 0; i < values.size(); ++i)
        weights[i] = rms + std::fabs(values[i]);
    return weights;
}

namespace {

// Least squares of scale and offset for the levels that `trial` gives; the offset is held at 0 where it would
// turn negative (the formats store it unsigned).
AffineScale solve(std::span<const float> values, std::span<const float> weights, AffineScale trial, int high)
{
    const float inverse = trial.scale == 0 ? 0 : 1 / trial.scale;
    float w = 0, wq = 0, wqq = 0, wx = 0, wqx = 0;
#pragma omp simd reduction(+ : w, wq, wqq, wx, wqx)
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto q = static_cast<float>(roundedLevel((values[i] + trial.offset) * inverse, 0, high));
        w += weights[i];
        wq += weights[i] * q;
        wqq += weights[i] * q * q;
        wx += weights[i] * values[i];
        wqx += weights[i] * q * values[i];
    }
    const float determinant = w * wqq - wq * wq;
    if (determinant > 0) {
        const float scale = (w * wqx - wq * wx) / determinant;
        const float offset = (wq * wqx - wqq * wx) / determinant;
        if (offset >= 0)
            return {scale, offset};
    }
    return {wqq > 0 ? wqx / wqq : 0, 0};
}

} // namespace

float affineError(std::span<const float> values, std::span<const float> weights, AffineScale affine, int high)
{
    const float inverse = affine.scale == 0 ? 0 : 1 / affine.scale;
    float error = 0;
#pragma omp simd reduction(+ : error)
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto q = static_cast<float>(roundedLevel((values[i] + affine.offset) * inverse, 0, high));
        const float miss = values[i] - (affine.scale * q - affine.offset);
        error += weights[i] * miss * miss;
    }
    return error;
}

AffineScale bestAffine(std::span<const float> values, std::span<const float> weights, int high)
{
    const auto [least, most] = std::ranges::minmax(values);
    const float bottom = std::min(least, 0.0f);
    if (!(most - bottom > 1e-30f) || std::isinf(most - bottom))
        return {0, -std::max(bottom, -3e38f)};

    AffineScale best;
    float bestError = HUGE_VALF;
    constexpr int kSteps = 8;
    for (int step = -kSteps; step <= kSteps; ++step) {
        const float levels = static_cast<float>(high) + 0.12f * static_cast<float>(step);
        const AffineScale solved = solve(values, weights, {(most - bottom) / levels, -bottom}, high);
        if (!(solved.scale > 0))
            continue;
        if (const float error = affineError(values, weights, solved, high); error < bestError) {
            bestError = error;
            best = solved;
        }
    }
    return best;
}

} // namespace lectern
