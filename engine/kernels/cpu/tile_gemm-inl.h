// C[rows][cols] (+)= A[rows][k] * B[k][cols], the inner loop that prefill attention, decode attention and the weight
// products share. B is packed: its rows are contiguous and cols apart, in f32 or f16; vector lanes run along cols.
// Included once per SIMD target (Highway's foreach_target), hence no #pragma once.
#if defined(LECTERN_TILE_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_TILE_GEMM_INL_H_
#undef LECTERN_TILE_GEMM_INL_H_
#else
#define LECTERN_TILE_GEMM_INL_H_
#endif

#include <cstddef>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;

// Rows of A worked on together, so that accumulators fill the registers: 6 x 4 of 32, or 3 x 4 of 16.
#if HWY_TARGET <= HWY_AVX3
constexpr int kTileRows = 6;
#else
constexpr int kTileRows = 3;
#endif

HWY_INLINE hn::Vec<FloatTag> loadFloats(FloatTag d, const float* from) { return hn::LoadU(d, from); }
HWY_INLINE hn::Vec<FloatTag> loadFloats(FloatTag d, const hwy::float16_t* from)
{
    const hn::Rebind<hwy::float16_t, FloatTag> half;
    return hn::PromoteTo(d, hn::LoadU(half, from));
}

// One block of kRows x (kVectors * lanes) accumulators over the whole of k. With kAhead, as many bytes from `ahead` on
// as b has are asked for from memory while the block is computed.
template <int kRows, int kVectors, bool kAhead, typename TB>
HWY_INLINE void tileBlock(const float* HWY_RESTRICT a, std::size_t lda, const TB* HWY_RESTRICT b, std::size_t ldb,
                          std::size_t k, float* HWY_RESTRICT c, std::size_t ldc, bool accumulate, const TB* ahead)
{
    const FloatTag d;
    const std::size_t lanes = hn::Lanes(d);
    hn::Vec<FloatTag> sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v)
            sums[r][v] = accumulate ? hn::LoadU(d, c + r * ldc + v * lanes) : hn::Zero(d);
    for (std::size_t i = 0; i < k; ++i) {
        if constexpr (kAhead)
            for (std::size_t at = 0; at < ldb * sizeof(TB); at += 64)
                __builtin_prefetch(reinterpret_cast<const char*>(ahead + i * ldb) + at);
        hn::Vec<FloatTag> bs[kVectors];
        for (int v = 0; v < kVectors; ++v)
            bs[v] = loadFloats(d, b + i * ldb + v * lanes);
        for (int r = 0; r < kRows; ++r) {
            const auto as = hn::Set(d, a[r * lda + i]);
            for (int v = 0; v < kVectors; ++v)
                sums[r][v] = hn::MulAdd(as, bs[v], sums[r][v]);
        }
    }
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v)
            hn::StoreU(sums[r][v], d, c + r * ldc + v * lanes);
}

// kRows rows over all columns; cols is a multiple of the lanes.
template <int kRows, typename TB>
HWY_NOINLINE void tileRows(const float* a, std::size_t lda, const TB* b, std::size_t ldb, std::size_t k, float* c,
                           std::size_t ldc, int cols, bool accumulate, const TB* ahead)
{
    const int lanes = static_cast<int>(hn::Lanes(FloatTag()));
    int col = 0;
    if (ahead && 4 * lanes <= cols) {
        tileBlock<kRows, 4, true>(a, lda, b, ldb, k, c, ldc, accumulate, ahead);
        col = 4 * lanes;
    }
    for (; col + 4 * lanes <= cols; col += 4 * lanes)
        tileBlock<kRows, 4, false>(a, lda, b + col, ldb, k, c + col, ldc, accumulate, ahead);
    for (; col + lanes <= cols; col += lanes)
        tileBlock<kRows, 1, false>(a, lda, b + col, ldb, k, c + col, ldc, accumulate, ahead);
}

template <typename TB>
void tileGemm(const float* a, std::size_t lda, const TB* b, std::size_t ldb, std::size_t k, float* c, std::size_t ldc,
              std::size_t rows, std::size_t cols, bool accumulate, const TB* ahead = nullptr)
{
    const int columns = static_cast<int>(cols);
    std::size_t row = 0;
    for (; row + kTileRows <= rows; row += kTileRows)
        tileRows<kTileRows>(a + row * lda, lda, b, ldb, k, c + row * ldc, ldc, columns, accumulate, row == 0 ? ahead : nullptr);
    if (kTileRows > 4 && row + 4 <= rows) {
        tileRows<4>(a + row * lda, lda, b, ldb, k, c + row * ldc, ldc, columns, accumulate, row == 0 ? ahead : nullptr);
        row += 4;
    }
    for (; row + 2 <= rows; row += 2)
        tileRows<2>(a + row * lda, lda, b, ldb, k, c + row * ldc, ldc, columns, accumulate, row == 0 ? ahead : nullptr);
    for (; row < rows; ++row)
        tileRows<1>(a + row * lda, lda, b, ldb, k, c + row * ldc, ldc, columns, accumulate, row == 0 ? ahead : nullptr);
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
