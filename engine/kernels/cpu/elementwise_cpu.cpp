#include "engine/kernels/elementwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/elementwise_cpu.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include "engine/kernels/cpu/exp2-inl.h"
#include "engine/kernels/cpu/softmax_tile.h"

#include <cmath>
#include <numeric>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

void swigluImpl(float* gate, const float* up, std::size_t count)
{
    const Floats d;
    const std::size_t lanes = hn::Lanes(d);
    const auto one = hn::Set(d, 1.0f);
    const auto silu = [&](auto g) {
        const auto power = exp2Vector(d, hn::Min(hn::Mul(g, hn::Set(d, -kLog2E)), hn::Set(d, 120.0f)));
        return hn::Div(g, hn::Add(one, power));
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::Mul(silu(hn::LoadU(d, gate + i)), hn::LoadU(d, up + i)), d, gate + i);
    for (; i < count; ++i)
        gate[i] = hn::GetLane(silu(hn::Set(d, gate[i]))) * up[i];
}

// gelu(x) = x / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3))), times up where there is one.
void gegluImpl(float* gate, const float* up, std::size_t count)
{
    const Floats d;
    const std::size_t lanes = hn::Lanes(d);
    const auto gelu = [&](auto x) {
        constexpr float kTwice = 2.0f * 0.79788456f * kLog2E;
        const auto slope = hn::MulAdd(hn::Mul(x, x), hn::Set(d, -0.044715f * kTwice), hn::Set(d, -kTwice));
        const auto power = exp2Vector(d, hn::Min(hn::Mul(x, slope), hn::Set(d, 120.0f)));
        return hn::Div(x, hn::Add(hn::Set(d, 1.0f), power));
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto factor = up ? hn::LoadU(d, up + i) : hn::Set(d, 1.0f);
        hn::StoreU(hn::Mul(gelu(hn::LoadU(d, gate + i)), factor), d, gate + i);
    }
    for (; i < count; ++i)
        gate[i] = hn::GetLane(gelu(hn::Set(d, gate[i]))) * (up ? up[i] : 1.0f);
}

float sumOfSquares(const float* x, int n)
{
    const Floats d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    auto sum = hn::Zero(d);
    int i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto v = hn::LoadU(d, x + i);
        sum = hn::MulAdd(v, v, sum);
    }
    float total = hn::GetLane(hn::SumOfLanes(d, sum));
    for (; i < n; ++i)
        total += x[i] * x[i];
    return total;
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {

HWY_EXPORT(swigluImpl);
HWY_EXPORT(gegluImpl);
HWY_EXPORT(sumOfSquares);

void rmsNorm(const float* x, const float* weight, float epsilon, float* out, int tokens, int n)
{
    for (int token = 0; token < tokens; ++token, x += n, out += n) {
        const float mean = HWY_DYNAMIC_DISPATCH(sumOfSquares)(x, n) / static_cast<float>(n);
        const float factor = 1.0f / std::sqrt(mean + epsilon);
        for (int i = 0; i < n; ++i)
            out[i] = x[i] * factor * weight[i];
    }
}

void layerNorm(const float* x, const float* weight, const float* bias, float epsilon, float* out, int tokens, int n)
{
    for (int token = 0; token < tokens; ++token, x += n, out += n) {
        const float mean = static_cast<float>(std::accumulate(x, x + n, 0.0) / n);
        for (int i = 0; i < n; ++i)
            out[i] = x[i] - mean;
        const float variance = HWY_DYNAMIC_DISPATCH(sumOfSquares)(out, n) / static_cast<float>(n);
        const float factor = 1.0f / std::sqrt(variance + epsilon);
        for (int i = 0; i < n; ++i)
            out[i] = out[i] * factor * weight[i] + bias[i];
    }
}

void swiglu(float* gate, const float* up, std::size_t count) { HWY_DYNAMIC_DISPATCH(swigluImpl)(gate, up, count); }

void geglu(float* gate, const float* up, std::size_t count) { HWY_DYNAMIC_DISPATCH(gegluImpl)(gate, up, count); }

void gelu(float* x, std::size_t count) { HWY_DYNAMIC_DISPATCH(gegluImpl)(x, nullptr, count); }

void softcap(float* x, float cap, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        x[i] = cap * std::tanh(x[i] / cap);
}

void addInto(float* x, const float* y, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        x[i] += y[i];
}

} // namespace lectern
#endif
