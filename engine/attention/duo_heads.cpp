#include "engine/attention/duo_heads.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace lectern {

namespace {

constexpr std::uint64_t kTieSeed = 42;
constexpr double kTieNoise = 1e-6;

double quantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    const double at = share * double(values.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(at));
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (values[above] - values[below]) * (at - double(below));
}

} // namespace

int DuoSplit::fullHeads() const
{
    int count = 0;
    for (const std::vector<bool>& layer : full)
        count += static_cast<int>(std::count(layer.begin(), layer.end(), true));
    return count;
}

DuoSplit splitHeads(const std::vector<std::vector<double>>& gates, double sparsity, DuoTies ties)
{
    std::mt19937_64 random(kTieSeed);
    std::vector<std::vector<double>> values = gates;
    std::vector<double> all;
    for (std::vector<double>& layer : values) {
        for (double& value : layer) {
            value = std::clamp(value, 0.0, 1.0);
            if (ties == DuoTies::Break)
                value += kTieNoise * double(random() >> 11) * 0x1p-53;
            all.push_back(value);
        }
    }
    DuoSplit split;
    if (sparsity >= 1 || all.empty())
        split.threshold = std::numeric_limits<double>::infinity();
    else
        split.threshold = sparsity <= 0 ? 0 : quantile(std::move(all), sparsity);
    for (const std::vector<double>& layer : values) {
        split.full.emplace_back();
        for (const double value : layer)
            split.full.back().push_back(value >= split.threshold);
    }
    return split;
}

} // namespace lectern
