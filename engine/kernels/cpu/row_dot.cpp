#include "engine/kernels/cpu/row_dot.h"

#include "engine/quant/quant_types.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/row_dot.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float dotFloats(const float* a, const float* b, int n)
{
    const hn::ScalableTag<float> d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
    int i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes) {
        sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
        sum1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), sum1);
        sum2 = hn::MulAdd(hn::LoadU(d, a + i + 2 * lanes), hn::LoadU(d, b + i + 2 * lanes), sum2);
        sum3 = hn::MulAdd(hn::LoadU(d, a + i + 3 * lanes), hn::LoadU(d, b + i + 3 * lanes), sum3);
    }
    for (; i + lanes <= n; i += lanes)
        sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    float total = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3))));
    for (; i < n; ++i)
        total += a[i] * b[i];
    return total;
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {

HWY_EXPORT(dotFloats);

void rowDots(TensorType type, const std::byte* row, const float* x, int tokens, int cols, float* scratch, float* out,
             int outStride)
{
    const float* weights = reinterpret_cast<const float*>(row);
    if (type != TensorType::F32) {
        quantType(type)->unpackRow(row, scratch, static_cast<std::size_t>(cols));
        weights = scratch;
    }
    for (int token = 0; token < tokens; ++token)
        out[static_cast<std::ptrdiff_t>(token) * outStride] =
            HWY_DYNAMIC_DISPATCH(dotFloats)(weights, x + static_cast<std::ptrdiff_t>(token) * cols, cols);
}

} // namespace lectern
#endif
