// Attention of a tile of query rows over quantised pages. Few rows multiply the levels of keys and values as
// they are taken out of their bytes; many share keys made f32 and levels of values unpacked once.
// Probabilities are rounded to 2^-16 of the largest of a page, far below the step of the levels; sums of
// levels are exact. Included once per SIMD target (Highway's foreach_target), hence no #pragma once.
#if defined(LECTERN_LEVEL_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_LEVEL_ATTENTION_INL_H_
#undef LECTERN_LEVEL_ATTENTION_INL_H_
#else
#define LECTERN_LEVEL_ATTENTION_INL_H_
#endif

#include "engine/kernels/cpu/exp2-inl.h"
#include "engine/kernels/cpu/level_products-inl.h"
#include "engine/kernels/cpu/softmax_tile-inl.h"
#include "engine/kernels/cpu/vnni.h"

#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

// The values of a page as the products take them.
template <typename TScale> struct LevelValues {
    int paddedDim;
    const std::uint8_t* levels;
    const TScale* scales; // [blocks][64]
    std::ptrdiff_t ahead; // from the page to the one that comes after; 0: not known
};

// `words`: both planes of a row.
inline void queryWords(const float* row, int dim, std::int16_t* words, float* scale)
{
    constexpr int kPart = 64; // elements worked on together
    const FloatTag d;
    const int padded = kvPaddedDim(dim), lanes = static_cast<int>(hn::Lanes(d));
    float largest = 0;
    bool finite = true;
    for (int i = 0; i < dim; ++i) {
        largest = std::max(largest, std::fabs(row[i]));
        finite &= std::fabs(row[i]) <= std::numeric_limits<float>::max();
    }
    *scale = finite ? largest / kLargestWord : std::numeric_limits<float>::quiet_NaN();
    // So small a row counts as zero.
    const auto inverse = hn::Set(d, finite && largest >= 1e-30f ? kLargestWord / largest : 0.0f);
    HWY_ALIGN float whole[kPart], rest[kPart];
    HWY_ALIGN std::int16_t packed[2][kPart];
    for (int begin = 0; begin < padded; begin += kPart) {
        const int count = std::clamp(dim - begin, 0, kPart);
        std::fill(std::copy_n(row + begin, count, rest), rest + kPart, 0.0f);
        for (int i = 0; i < kPart; i += lanes) {
            const auto exact = hn::Mul(hn::Load(d, rest + i), inverse);
            hn::Store(hn::Round(exact), d, whole + i);
            hn::Store(hn::Sub(exact, hn::Round(exact)), d, rest + i);
        }
        for (int i = 0; i < kPart; i += 4 * lanes) {
            packWords(whole + i, hn::Set(d, 1.0f), packed[0] + i);
            packWords(rest + i, hn::Set(d, WordRows::kFineSteps), packed[1] + i);
        }
        for (int plane = 0; plane < WordRows::kPlanes; ++plane)
            std::copy_n(packed[plane], std::min(kPart, padded - begin), words + plane * padded + begin);
    }
}

// Scores of kRows rows of `queries`, from row `first` on, for all keys of the page.
template <class Lines, bool kVnni, int kRows>
void scoreRows(const KvPageLayout& layout, const std::byte* page, std::ptrdiff_t ahead,
               const WordRows& queries, std::ptrdiff_t first, float* scores)
{
    constexpr int kVectors = levelVectors(WordRows::kPlanes * kRows);
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d)), padded = queries.paddedDim;
    const std::byte* keys = layout.keys(page);
    const auto* scales = reinterpret_cast<const hwy::float16_t*>(kvScales(keys));
    const std::uint8_t* levels = kvLevels(keys, layout.headDim);
    const WordView words{queries.words.data() + first * WordRows::kPlanes * padded, padded, 0};
    const auto fine = hn::Set(d, 1 / WordRows::kFineSteps);
    for (int key = 0; key < kPageTokens; key += kVectors * lanes)
        for (int begin = 0; begin < padded; begin += kKvBlock) {
            const int group = begin / (2 * Lines::kSteps);
            PairSums<WordRows::kPlanes * kRows, kVectors> sums;
            pairSums<Lines, kVnni>(levels + (group * kPageTokens + key) * 4, kPageTokens,
                                   std::min(kKvBlock, padded - begin), {words.words + begin, words.stride, 0},
                                   ahead, sums);
            for (int r = 0; r < kRows; ++r)
                for (int v = 0; v < kVectors; ++v) {
                    float* to = scores + r * kPageTokens + key + v * lanes;
                    const auto keyScales =
                        loadFloats(d, scales + begin / kKvBlock * kPageTokens + key + v * lanes);
                    const auto scale =
                        hn::Mul(keyScales, hn::Set(d, queries.scales[static_cast<std::size_t>(first + r)]));
                    const auto sum = hn::MulAdd(hn::ConvertTo(d, sums.of[2 * r + 1][v]), fine,
                                                hn::ConvertTo(d, sums.of[2 * r][v]));
                    hn::StoreU(begin > 0 ? hn::MulAdd(sum, scale, hn::LoadU(d, to)) : hn::Mul(sum, scale), d,
                               to);
                }
        }
}

// Up to kLevelRows rows with what they bring to a page's values.
struct RowWeights {
    HWY_ALIGN float earlier[16]; // what earlier sums and outputs are multiplied with
    HWY_ALIGN float page[16];    // what this page's are
    float* steps;                // [rows][blocks]: what a word stands for
    std::int16_t* words;         // [rows][blocks][64], in the order of WordRows
};

// Probabilities of one row as words for the block of values that has these scales; returns a word's step.
template <typename TScale>
HWY_INLINE float weightWords(const float* probabilities, const TScale* scales, std::int16_t* words)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN float weights[kPageTokens];
    auto most = hn::Zero(d);
    for (int i = 0; i < kPageTokens; i += lanes) {
        const auto weight = hn::Mul(hn::LoadU(d, probabilities + i), loadFloats(d, scales + i));
        hn::Store(weight, d, weights + i);
        most = hn::Max(most, hn::Abs(weight));
    }
    const float largest = hn::GetLane(hn::MaxOfLanes(d, most));
    const auto factor = hn::Set(d, largest >= 1e-30f ? kLargestWord / largest : 0.0f);
    for (int i = 0; i < kPageTokens; i += 4 * lanes)
        packWords(weights + i, factor, words + i);
    return largest / kLargestWord;
}

// Turns scores of up to kLevelRows rows into probabilities relative to each row's largest of the page, and
// those into weights of its values.
template <typename TScale>
HWY_INLINE void weighRows(SoftmaxTile& tile, int first, int rows, const LevelValues<TScale>& page,
                          RowWeights& weights, std::int64_t number, PageTrace* trace)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    HWY_ALIGN float largest[16] = {}, before[16] = {};
    for (int r = 0; r < rows; ++r) {
        const float* scores = tile.scores + (first + r) * kPageTokens;
        auto most = hn::LoadU(d, scores);
        for (int i = lanes; i < kPageTokens; i += lanes)
            most = hn::Max(most, hn::LoadU(d, scores + i));
        largest[r] = hn::GetLane(hn::MaxOfLanes(d, most));
        before[r] = tile.maxima[first + r];
    }
    for (int r = 0; r < rows; r += lanes) {
        const auto old = hn::Load(d, before + r), now = hn::Load(d, largest + r);
        const auto maxima = hn::Max(old, now);
        hn::Store(exp2Vector(d, hn::Sub(old, maxima)), d, weights.earlier + r);
        hn::Store(exp2Vector(d, hn::Sub(now, maxima)), d, weights.page + r);
        hn::Store(maxima, d, before + r);
    }
    const int blocks = kvBlocks(page.paddedDim);
    for (int r = 0; r < rows; ++r) {
        const int row = first + r;
        float* scores = tile.scores + row * kPageTokens;
        const auto maxima = hn::Set(d, largest[r]);
        auto sums = hn::Zero(d);
        for (int i = 0; i < kPageTokens; i += lanes) {
            const auto p = exp2Vector(d, hn::Sub(hn::LoadU(d, scores + i), maxima));
            hn::StoreU(p, d, scores + i);
            sums = hn::Add(sums, p);
        }
        const float sum = hn::GetLane(hn::SumOfLanes(d, sums));
        tile.maxima[row] = before[r];
        tile.sums[row] = tile.sums[row] * weights.earlier[r] + sum * weights.page[r];
        if (trace && row >= trace->firstRow)
            trace->add(row - trace->firstRow, number, largest[r], sum);
        for (int block = 0; block < blocks; ++block)
            weights.steps[r * blocks + block] =
                weights.page[r] * weightWords(scores, page.scales + block * kPageTokens,
                                              weights.words + (r * blocks + block) * kPageTokens);
    }
}

// Values of kVectors vectors of dimensions from `dim` on, of one block or of whole ones.
template <class Lines, bool kVnni, int kRows, int kVectors, typename TScale>
HWY_INLINE void addDimensions(const LevelValues<TScale>& page, int dim, const RowWeights& weights, float* out,
                              std::ptrdiff_t ahead)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d)), blocks = kvBlocks(page.paddedDim);
    const WordView words{weights.words + dim / kKvBlock * kPageTokens, std::ptrdiff_t{blocks} * kPageTokens,
                         kPageTokens};
    PairSums<kRows, kVectors> sums;
    pairSums<Lines, kVnni>(page.levels + 4 * dim, page.paddedDim, kPageTokens, words, ahead, sums);
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v) {
            float* to = out + r * page.paddedDim + dim + v * lanes;
            const auto old = hn::Mul(hn::LoadU(d, to), hn::Set(d, weights.earlier[r]));
            hn::StoreU(hn::MulAdd(hn::ConvertTo(d, sums.of[r][v]),
                                  hn::Set(d, weights.steps[r * blocks + (dim + v * lanes) / kKvBlock]), old),
                       d, to);
        }
}

template <class Lines, bool kVnni, int kRows, typename TScale>
void addValueRows(const LevelValues<TScale>& page, const RowWeights& weights, float* out,
                  std::ptrdiff_t ahead)
{
    const int lanes = static_cast<int>(hn::Lanes(FloatTag()));
    constexpr int kVectors = levelVectors(kRows);
    for (int dim = 0; dim < page.paddedDim;) {
        if (kVectors > 2 && dim + kVectors * lanes <= page.paddedDim) {
            addDimensions<Lines, kVnni, kRows, kVectors>(page, dim, weights, out, ahead);
            dim += kVectors * lanes;
        } else if (dim + 2 * lanes <= page.paddedDim) {
            addDimensions<Lines, kVnni, kRows, 2>(page, dim, weights, out, ahead);
            dim += 2 * lanes;
        } else {
            addDimensions<Lines, kVnni, kRows, 1>(page, dim, weights, out, ahead);
            dim += lanes;
        }
    }
}

// Calls work.template operator()<rows>(first row) until all rows are done, kMost at a time while there are so
// many.
template <int kMost, class Work> HWY_INLINE void inRowSteps(int rows, const Work& work)
{
    int row = 0;
    for (; row + kMost <= rows; row += kMost)
        work.template operator()<kMost>(row);
    if constexpr (kMost > 1)
        if (row < rows)
            inRowSteps<kMost / 2>(rows - row,
                                  [&]<int kRows>(int next) { work.template operator()<kRows>(row + next); });
}

// Takes in values whose scores are there. `weights` comes with room for kLevelRows rows.
template <class Lines, bool kVnni, typename TScale>
void absorbValues(SoftmaxTile& tile, const LevelValues<TScale>& page, const KeyBounds& bounds,
                  RowWeights& weights, PageTrace* trace)
{
    limitScores(tile, bounds);
    inRowSteps<kLevelRows>(tile.rows, [&]<int kRows>(int row) {
        weighRows(tile, row, kRows, page, weights, bounds.page, trace);
        addValueRows<Lines, kVnni, kRows>(page, weights, tile.out + row * tile.outStride,
                                          row == 0 ? page.ahead : 0);
    });
}

// Takes room for the weights from `scratch`, and moves it past.
inline RowWeights takeWeights(float*& scratch, int blocks)
{
    RowWeights weights;
    weights.steps = scratch;
    scratch += kLevelRows * blocks;
    weights.words = reinterpret_cast<std::int16_t*>(scratch);
    scratch += kLevelRows * blocks * kPageTokens / 2;
    return weights;
}

// `scratch`: at least 128 floats a padded dimension.
template <class Lines, bool kVnni>
void absorbFewRows(SoftmaxTile& tile, const KvPageLayout& layout, const std::byte* page, std::ptrdiff_t ahead,
                   const KeyBounds& bounds, const WordRows& queries, float* scratch, PageTrace* trace)
{
    const std::ptrdiff_t firstQuery = std::ptrdiff_t{bounds.querySet} * tile.rows;
    inRowSteps<kLevelRows / 2>(tile.rows, [&]<int kRows>(int row) {
        scoreRows<Lines, kVnni, kRows>(layout, page, row == 0 ? ahead : 0, queries, firstQuery + row,
                                       tile.scores + row * kPageTokens);
    });
    const std::byte* values = layout.values(page);
    RowWeights weights = takeWeights(scratch, kvBlocks(layout.headDim));
    const LevelValues<hwy::float16_t> view{tile.outStride, kvLevels(values, layout.headDim),
                                           reinterpret_cast<const hwy::float16_t*>(kvScales(values)), ahead};
    absorbValues<Lines, kVnni>(tile, view, bounds, weights, trace);
}

// `keys`: the page's, made f32. `scratch`: at least 64 floats a padded dimension; with blocks of 32 of them,
// what is put there is 32 * dim + 328 * blocks floats, which is less from 16 dimensions on.
template <class Lines, bool kVnni>
void absorbManyRows(SoftmaxTile& tile, const KvPageLayout& layout, const float* keys, const std::byte* page,
                    const KeyBounds& bounds, float* scratch, PageTrace* trace)
{
    scoreTile(tile, keys, bounds, static_cast<const float*>(nullptr));
    const int padded = tile.outStride, blocks = kvBlocks(padded);
    RowWeights weights = takeWeights(scratch, blocks);
    const std::byte* values = layout.values(page);
    float* scales = scratch;
    widen(values, scales, blocks * kPageTokens); // a part begins with its scales
    auto* lines = reinterpret_cast<std::uint8_t*>(scales + blocks * kPageTokens);
    unpackLines<Lines>(kvLevels(values, layout.headDim), kPageTokens, padded, lines);
    absorbValues<LinesUnpacked, kVnni>(tile, LevelValues<float>{padded, lines, scales, 0}, bounds, weights,
                                       trace);
}

#endif // HWY_TARGET != HWY_SCALAR

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
