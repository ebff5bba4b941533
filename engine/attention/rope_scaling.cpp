#include "engine/attention/rope_scaling.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lectern {

namespace {

using Frequencies = std::vector<double>;

Frequencies plainFrequencies(double base, int dimensions)
{
    Frequencies frequencies(static_cast<std::size_t>(dimensions / 2));
    for (std::size_t i = 0; i < frequencies.size(); ++i)
        frequencies[i] = std::pow(base, -2.0 * double(i) / dimensions);
    return frequencies;
}

// The last pair then turns `growth` times slower, the first as before.
Frequencies ofGrownBase(double base, int dimensions, double growth)
{
    if (dimensions <= 2)
        return plainFrequencies(base, dimensions);
    return plainFrequencies(base * std::pow(growth, double(dimensions) / (dimensions - 2)), dimensions);
}

double dynamicGrowth(const RopeScaling& scaling, std::int64_t context)
{
    const double length = std::max(double(context), scaling.originalContext);
    return scaling.factor * length / scaling.originalContext - (scaling.factor - 1);
}

Frequencies yarn(const RopeScaling& scaling, double base, int dimensions)
{
    // The pair that turns `turns` times within the original context, as a real number.
    const auto pairTurning = [&](double turns) {
        return dimensions * std::log(scaling.originalContext / (turns * 2 * std::numbers::pi)) /
               (2 * std::log(base));
    };
    const double low = std::max(0.0, std::floor(pairTurning(scaling.betaFast)));
    const double high = std::min(dimensions - 1.0, std::ceil(pairTurning(scaling.betaSlow)));
    Frequencies frequencies = plainFrequencies(base, dimensions);
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double ramp = std::clamp((double(i) - low) / std::max(0.001, high - low), 0.0, 1.0);
        const double kept = (1 - ramp) * scaling.extrapolation;
        frequencies[i] *= kept + (1 - kept) / scaling.factor;
    }
    return frequencies;
}

Frequencies llama3(const RopeScaling& scaling, double base, int dimensions)
{
    Frequencies frequencies = plainFrequencies(base, dimensions);
    for (double& frequency : frequencies) {
        const double turns = scaling.originalContext * frequency / (2 * std::numbers::pi);
        const double kept =
            std::clamp((turns - scaling.lowFactor) / (scaling.highFactor - scaling.lowFactor), 0.0, 1.0);
        frequency *= kept + (1 - kept) / scaling.factor;
    }
    return frequencies;
}

Frequencies longRope(const RopeScaling& scaling, double base, int dimensions, std::int64_t context)
{
    const auto& divisors =
        double(context) > scaling.originalContext ? scaling.longDivisors : scaling.shortDivisors;
    Frequencies frequencies = plainFrequencies(base, dimensions);
    for (std::size_t i = 0; i < std::min(divisors.size(), frequencies.size()); ++i)
        frequencies[i] /= divisors[i];
    return frequencies;
}

Frequencies divided(Frequencies frequencies, double by)
{
    for (double& frequency : frequencies)
        frequency /= by;
    return frequencies;
}

} // namespace

double e2Scale(double context, double window)
{
    return std::max(1.0, std::ceil(context / window));
}

double yarnMagnitude(double factor)
{
    return factor <= 1 ? 1.0 : 0.1 * std::log(factor) + 1.0;
}

std::vector<double> scaledFrequencies(const RopeScaling& scaling, double base, int dimensions,
                                      std::int64_t context)
{
    switch (scaling.kind) {
    case RopeScalingKind::Ntk:
        return ofGrownBase(base, dimensions, scaling.factor);
    case RopeScalingKind::Dynamic:
        return ofGrownBase(base, dimensions, dynamicGrowth(scaling, context));
    case RopeScalingKind::Yarn:
        return yarn(scaling, base, dimensions);
    case RopeScalingKind::Llama3:
        return llama3(scaling, base, dimensions);
    case RopeScalingKind::LongRope:
        return longRope(scaling, base, dimensions, context);
    case RopeScalingKind::E2:
        return divided(plainFrequencies(base, dimensions), e2Scale(double(context), scaling.originalContext));
    case RopeScalingKind::None:
        break;
    }
    return plainFrequencies(base, dimensions);
}

} // namespace lectern
