#include "engine/kernels/elementwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/elementwise_cpu.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include "engine/kernels/cpu/exp2-inl.h"
#include "engine/kernels/cpu/softmax_tile.h"

#include <cmath>

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

void swiglu(float* gate, const float* up, std::size_t count) { HWY_DYNAMIC_DISPATCH(swigluImpl)(gate, up, count); }

void addInto(float* x, const float* y, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        x[i] += y[i];
}

} // namespace lectern
#endif
