#include "engine/kernels/cpu/row_dot.h"

#include "engine/quant/quant_types.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/row_dot.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include "engine/kernels/cpu/decode-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One element a "block": types without scales.
HWY_INLINE FloatVec loadPlain(const float* from) { return hn::LoadU(FloatTag(), from); }
HWY_INLINE FloatVec loadPlain(const hwy::float16_t* from)
{
    return hn::PromoteTo(FloatTag(), hn::LoadU(hn::Rebind<hwy::float16_t, FloatTag>(), from));
}
HWY_INLINE FloatVec loadPlain(const hwy::bfloat16_t* from)
{
    return hn::PromoteTo(FloatTag(), hn::LoadU(hn::Rebind<hwy::bfloat16_t, FloatTag>(), from));
}

HWY_INLINE float total(FloatVec a, FloatVec b, FloatVec c, FloatVec e)
{
    return hn::GetLane(hn::SumOfLanes(FloatTag(), hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

template <class T> float dotPlain(const std::byte* row, const float* HWY_RESTRICT x, int n)
{
    const FloatTag d;
    const T* HWY_RESTRICT weights = reinterpret_cast<const T*>(row);
    auto sum0 = hn::Zero(d), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    int i = 0;
    for (; i + 4 * kLanes <= n; i += 4 * kLanes) {
        sum0 = hn::MulAdd(loadPlain(weights + i), hn::LoadU(d, x + i), sum0);
        sum1 = hn::MulAdd(loadPlain(weights + i + kLanes), hn::LoadU(d, x + i + kLanes), sum1);
        sum2 = hn::MulAdd(loadPlain(weights + i + 2 * kLanes), hn::LoadU(d, x + i + 2 * kLanes), sum2);
        sum3 = hn::MulAdd(loadPlain(weights + i + 3 * kLanes), hn::LoadU(d, x + i + 3 * kLanes), sum3);
    }
    for (; i + kLanes <= n; i += kLanes)
        sum0 = hn::MulAdd(loadPlain(weights + i), hn::LoadU(d, x + i), sum0);
    float sum = total(sum0, sum1, sum2, sum3);
    if (i < n) { // copied out, so that nothing beyond the row is read
        T rest[kLanes] = {};
        float xs[kLanes] = {};
        std::memcpy(rest, weights + i, std::size_t(n - i) * sizeof(T));
        std::memcpy(xs, x + i, std::size_t(n - i) * sizeof(float));
        sum += hn::GetLane(hn::SumOfLanes(d, hn::Mul(loadPlain(rest), hn::LoadU(d, xs))));
    }
    return sum;
}

template <class T> void unpackPlain(const std::byte* row, float* HWY_RESTRICT out, int n)
{
    const T* HWY_RESTRICT weights = reinterpret_cast<const T*>(row);
    int i = 0;
    for (; i + kLanes <= n; i += kLanes)
        hn::StoreU(loadPlain(weights + i), FloatTag(), out + i);
    if (i < n) {
        T rest[kLanes] = {};
        float floats[kLanes];
        std::memcpy(rest, weights + i, std::size_t(n - i) * sizeof(T));
        hn::StoreU(loadPlain(rest), FloatTag(), floats);
        std::memcpy(out + i, floats, std::size_t(n - i) * sizeof(float));
    }
}

template <class Block> float dotBlocks(const std::byte* row, const float* HWY_RESTRICT x, int n)
{
    constexpr int kElements = static_cast<int>(Block::kElements);
    const auto* HWY_RESTRICT blocks = reinterpret_cast<const Block*>(row);
    FloatVec sum0 = hn::Zero(FloatTag()), sum1 = sum0, sum2 = sum0, sum3 = sum0;
    for (int i = 0; i < n; i += kElements) {
        each(blocks[i / kElements], [&](int offset, FloatVec weights) HWY_ATTR {
            // The four sums take turns, so that no multiply-add waits for the one before.
            const FloatVec next = hn::MulAdd(weights, hn::LoadU(FloatTag(), x + i + offset), sum0);
            sum0 = sum1, sum1 = sum2, sum2 = sum3, sum3 = next;
        });
    }
    return total(sum0, sum1, sum2, sum3);
}

template <class Block> void unpackBlocks(const std::byte* row, float* HWY_RESTRICT out, int n)
{
    constexpr int kElements = static_cast<int>(Block::kElements);
    const auto* HWY_RESTRICT blocks = reinterpret_cast<const Block*>(row);
    for (int i = 0; i < n; i += kElements)
        each(blocks[i / kElements], [&](int offset, FloatVec weights) HWY_ATTR {
            hn::StoreU(weights, FloatTag(), out + i + offset);
        });
}

using DotRow = float (*)(const std::byte* row, const float* x, int n);

// nullptr where the type has no SIMD kernel.
DotRow dotRowOf(TensorType type)
{
    switch (type) {
    case TensorType::F32: return dotPlain<float>;
    case TensorType::F16: return dotPlain<hwy::float16_t>;
    case TensorType::BF16: return dotPlain<hwy::bfloat16_t>;
    case TensorType::Q8_0: return dotBlocks<BlockQ8_0>;
    case TensorType::Q4_0: return dotBlocks<BlockQ4_0>;
    case TensorType::Q5_0: return dotBlocks<BlockQ5_0>;
    case TensorType::Q4_K: return dotBlocks<BlockQ4_K>;
    case TensorType::Q5_K: return dotBlocks<BlockQ5_K>;
    case TensorType::Q6_K: return dotBlocks<BlockQ6_K>;
    default: return nullptr;
    }
}

// False where the type has no SIMD kernel.
bool unpackRow(TensorType type, const std::byte* row, float* out, int n)
{
    switch (type) {
    case TensorType::F16: unpackPlain<hwy::float16_t>(row, out, n); return true;
    case TensorType::BF16: unpackPlain<hwy::bfloat16_t>(row, out, n); return true;
    case TensorType::Q8_0: unpackBlocks<BlockQ8_0>(row, out, n); return true;
    case TensorType::Q4_0: unpackBlocks<BlockQ4_0>(row, out, n); return true;
    case TensorType::Q5_0: unpackBlocks<BlockQ5_0>(row, out, n); return true;
    case TensorType::Q4_K: unpackBlocks<BlockQ4_K>(row, out, n); return true;
    case TensorType::Q5_K: unpackBlocks<BlockQ5_K>(row, out, n); return true;
    case TensorType::Q6_K: unpackBlocks<BlockQ6_K>(row, out, n); return true;
    default: return false;
    }
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {

HWY_EXPORT(dotRowOf);
HWY_EXPORT(unpackRow);

void unpackWeights(TensorType type, const std::byte* row, float* out, int cols)
{
    if (!HWY_DYNAMIC_DISPATCH(unpackRow)(type, row, out, cols))
        quantType(type)->unpackRow(row, out, static_cast<std::size_t>(cols));
}

namespace {

// Asks for the bytes that will be read next. Pays where unpacking takes longer than reading; rows of plain numbers
// are read faster without.
void prefetch(const std::byte* row, std::size_t rowBytes)
{
    constexpr std::size_t kAhead = 2048, kLine = 64;
    for (std::size_t i = 0; i < rowBytes; i += kLine)
        __builtin_prefetch(row + kAhead + i);
}

} // namespace

void rowDots(const WeightRows& weights, const DotInputs& inputs, float* scratch, float* out, int outStride)
{
    const auto dot = HWY_DYNAMIC_DISPATCH(dotRowOf)(inputs.tokens == 1 ? weights.type : TensorType::F32);
    const bool direct = dot && (inputs.tokens == 1 || weights.type == TensorType::F32);
    const auto dotFloats = direct ? dot : HWY_DYNAMIC_DISPATCH(dotRowOf)(TensorType::F32);
    const bool blocks = tensorTypeInfo(weights.type)->blockElements > 1;
    for (int r = 0; r < weights.rows; ++r) {
        const std::byte* row = weights.first + static_cast<std::size_t>(r) * weights.rowBytes;
        if (blocks)
            prefetch(row, weights.rowBytes);
        if (!direct) {
            unpackWeights(weights.type, row, scratch, weights.cols);
            row = reinterpret_cast<const std::byte*>(scratch);
        }
        for (int token = 0; token < inputs.tokens; ++token)
            out[static_cast<std::ptrdiff_t>(token) * outStride + r] =
                dotFloats(row, inputs.x + static_cast<std::ptrdiff_t>(token) * weights.cols, weights.cols);
    }
}

} // namespace lectern
#endif
