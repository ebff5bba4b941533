// The online softmax of a tile of query rows over one page of keys at a time (FlashAttention, arXiv 2205.14135).
// Scores are kept in base 2: queries come scaled by log2(e).
#if defined(LECTERN_SOFTMAX_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_SOFTMAX_TILE_INL_H_
#undef LECTERN_SOFTMAX_TILE_INL_H_
#else
#define LECTERN_SOFTMAX_TILE_INL_H_
#endif

#include "engine/kernels/cpu/exp2-inl.h"
#include "engine/kernels/cpu/softmax_tile.h"
#include "engine/kernels/cpu/tile_gemm-inl.h"
#include "engine/kv/kv_page.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE void scaleRow(float* row, float factor, int count)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const auto factors = hn::Set(d, factor);
    for (int i = 0; i < count; i += lanes)
        hn::StoreU(hn::Mul(hn::LoadU(d, row + i), factors), d, row + i);
}

// cap * tanh(score / cap), on scores in base 2.
HWY_INLINE void capScores(float* scores, int count, float cap)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const float capBase2 = cap * kLog2E;
    const auto twice = hn::Set(d, 2.0f * kLog2E / capBase2);
    const auto one = hn::Set(d, 1.0f);
    for (int i = 0; i < count; i += lanes) {
        const auto power = exp2Vector(d, hn::Min(hn::Mul(hn::LoadU(d, scores + i), twice), hn::Set(d, 120.0f)));
        const auto tanh = hn::Sub(one, hn::Div(hn::Set(d, 2.0f), hn::Add(power, one)));
        hn::StoreU(hn::Mul(tanh, hn::Set(d, capBase2)), d, scores + i);
    }
}

// Turns one row of scores into probabilities relative to the row's running maximum; returns their sum.
HWY_INLINE float softmaxRow(SoftmaxTile& tile, int row)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    float* scores = tile.scores + row * kPageTokens;
    auto largest = hn::LoadU(d, scores);
    for (int i = lanes; i < kPageTokens; i += lanes)
        largest = hn::Max(largest, hn::LoadU(d, scores + i));
    const float pageMax = hn::GetLane(hn::MaxOfLanes(d, largest));
    if (pageMax > tile.maxima[row]) {
        const auto factor = hn::GetLane(exp2Vector(d, hn::Set(d, tile.maxima[row] - pageMax)));
        tile.maxima[row] = pageMax;
        tile.sums[row] *= factor;
        scaleRow(tile.out + row * tile.outStride, factor, tile.outStride);
    }
    const auto maxima = hn::Set(d, tile.maxima[row]);
    auto sum = hn::Zero(d);
    for (int i = 0; i < kPageTokens; i += lanes) {
        const auto p = exp2Vector(d, hn::Sub(hn::LoadU(d, scores + i), maxima));
        hn::StoreU(p, d, scores + i);
        sum = hn::Add(sum, p);
    }
    const float total = hn::GetLane(hn::SumOfLanes(d, sum));
    tile.sums[row] += total;
    return total;
}

inline void limitScores(SoftmaxTile& tile, const KeyBounds& bounds)
{
    if (tile.softcap > 0)
        capScores(tile.scores, tile.rows * kPageTokens, tile.softcap);
    if (bounds.needed)
        maskScores(tile, bounds);
}

// Turns the scores of one page into probabilities.
inline void weighScores(SoftmaxTile& tile, const KeyBounds& bounds, PageTrace* trace)
{
    limitScores(tile, bounds);
    for (int row = 0; row < tile.rows; ++row) {
        const float sum = softmaxRow(tile, row);
        if (trace && row >= trace->firstRow)
            trace->add(row - trace->firstRow, bounds.page, tile.maxima[row], sum);
    }
}

// Keys [headDim][64] and values [64][valueStride] of a page, in f32 or f16.
template <typename T> struct PageView {
    const T* keys = nullptr;
    const T* values = nullptr;
    int valueStride = 0;
};

// Scores of all rows for a page's keys [headDim][64]. `next`: the keys that come after, whose memory is asked
// for meanwhile, or nullptr.
template <typename T> void scoreTile(SoftmaxTile& tile, const T* keys, const KeyBounds& bounds, const T* next)
{
    const auto headDim = static_cast<std::size_t>(tile.headDim);
    const float* queries = tile.queries + std::ptrdiff_t(bounds.querySet) * tile.rows * tile.headDim;
    tileGemm(queries, headDim, keys, kPageTokens, headDim, tile.scores, kPageTokens,
             static_cast<std::size_t>(tile.rows), kPageTokens, false, next);
}

// `next`: the page that comes after, whose memory is asked for meanwhile; its pointers may be nullptr.
template <typename T>
void absorbPage(SoftmaxTile& tile, const PageView<T>& page, const PageView<T>& next, const KeyBounds& bounds,
                PageTrace* trace)
{
    scoreTile(tile, page.keys, bounds, next.keys);
    weighScores(tile, bounds, trace);
    tileGemm(tile.scores, kPageTokens, page.values, static_cast<std::size_t>(page.valueStride), kPageTokens, tile.out,
             static_cast<std::size_t>(tile.outStride), static_cast<std::size_t>(tile.rows),
             static_cast<std::size_t>(tile.outStride), true, next.values);
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
