#include "tests/bench/cuda_check/gpu.h"

#include <algorithm>

namespace lectern::check {

namespace {

constexpr double kHalfBound = 4e-4, kFloatBound = 2e-6;

double squareMean(const float* x, int n, double mean)
{
    double sum = 0;
    for (int i = 0; i < n; ++i)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / n;
}

void checkNorm(const Gpu& gpu, bool layer, int tokens, int width)
{
    std::mt19937 random(5);
    const auto x = normals(random, std::size_t(tokens * width), 3),
               weight = normals(random, std::size_t(width)), bias = normals(random, std::size_t(width)),
               old = normals(random, x.size());
    std::vector<double> want(x.size()), added(x.size());
    for (int t = 0; t < tokens; ++t) {
        const float* row = x.data() + t * width;
        double mean = 0;
        for (int i = 0; layer && i < width; ++i)
            mean += row[i] / double(width);
        const double factor = 1 / std::sqrt(squareMean(row, width, mean) + 1e-5);
        for (int i = 0; i < width; ++i) {
            const auto at = std::size_t(t * width + i);
            want[at] = (row[i] - mean) * factor * weight[std::size_t(i)] + (layer ? bias[std::size_t(i)] : 0);
            added[at] = want[at] + old[at];
        }
    }
    const auto deviceX = gpu.upload(x), deviceWeight = gpu.upload(weight), deviceBias = gpu.upload(bias);
    const auto half = gpu.bytes(x.size() * 2), single = gpu.bytes(x.size() * 4), sum = gpu.upload(old);
    const auto run = [&](void* outHalf, float* outFloat, float* addTo) {
        gpu.ok(gpu.api().norm(gpu.context(), deviceX.as<float>(), deviceWeight.as<float>(),
                              layer ? deviceBias.as<float>() : nullptr, layer, 1e-5f, outHalf, nullptr,
                              outFloat, addTo, tokens, width));
    };
    run(half.as<void>(), nullptr, nullptr);
    run(nullptr, single.as<float>(), nullptr);
    run(nullptr, nullptr, sum.as<float>());
    const std::string what = std::string(layer ? "layer" : "rms") + " norm of " + std::to_string(width);
    verdict(what + " to f16", relativeError(floats(gpu.download<std::uint16_t>(half, x.size())), want),
            kHalfBound);
    verdict(what + " to f32", relativeError(gpu.download<float>(single, x.size()), want), kFloatBound);
    verdict(what + " added", relativeError(gpu.download<float>(sum, x.size()), added), kFloatBound);
}

void checkActivate(const Gpu& gpu, int kind, int tokens, int width)
{
    std::mt19937 random(6);
    const int columns = kind == 2 ? width : 2 * width;
    const auto x = normals(random, std::size_t(tokens * columns), 2);
    std::vector<double> want;
    for (int t = 0; t < tokens; ++t) {
        for (int i = 0; i < width; ++i) {
            const double g = x[std::size_t(t * columns + i)];
            const double gelu = 0.5 * g * (1 + std::tanh(std::sqrt(2 / M_PI) * (g + 0.044715 * g * g * g)));
            want.push_back((kind == 0 ? g / (1 + std::exp(-g)) : gelu) *
                           (kind == 2 ? 1.0 : double(x[std::size_t(t * columns + width + i)])));
        }
    }
    const auto deviceX = gpu.upload(x), out = gpu.bytes(want.size() * 2);
    gpu.ok(
        gpu.api().activate(gpu.context(), kind, deviceX.as<float>(), out.as<void>(), nullptr, tokens, width));
    const char* names[] = {"silu gate", "gelu gate", "gelu"};
    verdict(names[kind], relativeError(floats(gpu.download<std::uint16_t>(out, want.size())), want),
            kHalfBound);
}

void checkSmall(const Gpu& gpu)
{
    std::mt19937 random(7);
    for (const int count : {1, 31, 1000, 128256}) {
        auto x = normals(random, std::size_t(count));
        x[std::size_t(count / 2)] = x[std::size_t(count - 1)] = 9; // equals: the first counts
        const auto deviceX = gpu.upload(x), place = gpu.bytes(4);
        gpu.ok(gpu.api().argmax(gpu.context(), deviceX.as<float>(), count, place.as<std::int32_t>()));
        verdict("argmax of " + std::to_string(count),
                std::abs(gpu.download<std::int32_t>(place, 1)[0] - count / 2), 0);
    }
    const auto x = normals(random, 5001, 40), y = normals(random, 5001);
    const auto deviceX = gpu.upload(x), deviceY = gpu.upload(y), half = gpu.bytes(x.size() * 2);
    gpu.ok(gpu.api().toHalf(gpu.context(), deviceX.as<float>(), half.as<void>(), x.size()));
    verdict("to f16",
            relativeError(floats(gpu.download<std::uint16_t>(half, x.size())), {x.begin(), x.end()}),
            kHalfBound);
    gpu.ok(gpu.api().add(gpu.context(), deviceY.as<float>(), deviceX.as<float>(), x.size()));
    std::vector<double> sum, capped;
    for (std::size_t i = 0; i < x.size(); ++i) {
        sum.push_back(double(x[i]) + y[i]);
        capped.push_back(30 * std::tanh(x[i] / 30.0));
    }
    verdict("add", relativeError(gpu.download<float>(deviceY, x.size()), sum), kFloatBound);
    gpu.ok(gpu.api().softcap(gpu.context(), deviceX.as<float>(), 30, x.size()));
    verdict("softcap", relativeError(gpu.download<float>(deviceX, x.size()), capped), kFloatBound);
    const auto value = gpu.upload(std::vector<std::int32_t>{41});
    gpu.ok(gpu.api().advance(gpu.context(), value.as<std::int32_t>(), 7));
    verdict("advance", std::abs(gpu.download<std::int32_t>(value, 1)[0] - 48), 0);
}

} // namespace

std::vector<Case> ropeCases();

std::vector<Case> elementwiseCases()
{
    std::vector<Case> cases{
        {"norms",
         [](const Gpu& gpu) {
             for (const bool layer : {false, true})
                 for (const int width : {512, 4096, 999})
                     checkNorm(gpu, layer, 3, width);
         }},
        {"activations",
         [](const Gpu& gpu) {
             for (const int kind : {0, 1, 2})
                 checkActivate(gpu, kind, 3, 1408);
         }},
        {"small", checkSmall},
    };
    for (Case& one : ropeCases())
        cases.push_back(std::move(one));
    return cases;
}

} // namespace lectern::check
