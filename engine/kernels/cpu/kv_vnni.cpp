#include "engine/kernels/cpu/kv_vnni.h"

#include "engine/kernels/cpu/vnni.h"
#include "engine/kv/quantised_page.h"

#include <immintrin.h>
#include <limits>

namespace lectern {

namespace {

constexpr float kLargestLevel = 127 * 128; // of 15 bits, so that the high byte stays above -128

} // namespace

void SplitRows::assign(const float* rows, int count, int dim)
{
    headDim = dim;
    const auto padded = static_cast<std::size_t>(kvPaddedDim(dim));
    const auto blocks = static_cast<std::size_t>(kvBlocks(dim));
    high.assign(static_cast<std::size_t>(count) * padded, 0);
    low.assign(high.size(), 0);
    scales.assign(static_cast<std::size_t>(count) * blocks, 0);
    sums.assign(scales.size(), 0);
    for (std::size_t block = 0; block < scales.size(); ++block) {
        const auto row = static_cast<int>(block / blocks);
        const int begin = static_cast<int>(block % blocks) * kKvBlock, end = std::min(begin + kKvBlock, dim);
        const float* from = rows + std::ptrdiff_t{row} * dim;
        float largest = 0;
        bool finite = true;
        for (int i = begin; i < end; ++i) {
            finite &= std::fabs(from[i]) <= std::numeric_limits<float>::max();
            largest = std::max(largest, std::fabs(from[i]));
        }
        scales[block] = finite ? largest / kLargestLevel : std::numeric_limits<float>::quiet_NaN();
        if (!finite || largest < 1e-30f) // so small a block counts as zero
            continue;
        const float inverse = kLargestLevel / largest;
        for (int i = begin; i < end; ++i) {
            const auto level = static_cast<std::int32_t>(std::lrint(from[i] * inverse));
            const std::size_t at = static_cast<std::size_t>(row) * padded + static_cast<std::size_t>(i);
            high[at] = static_cast<std::int8_t>(level >> 7);
            low[at] = static_cast<std::int8_t>(level & 127);
            sums[block] += level;
        }
    }
}


namespace {

// A 64-byte line of levels of q8_0: 16 lanes of four; of q4_0: of eight, the first four in the low halves of
// the bytes.
template <KvType kType> struct Line;
template <> struct Line<KvType::Q8_0> {
    static constexpr int kLevels = 4, kBias = 128, kGroups = 1;
    template <int> LECTERN_VNNI static inline __m512i group(__m512i line) { return line; }
};
template <> struct Line<KvType::Q4_0> {
    static constexpr int kLevels = 8, kBias = 8, kGroups = 2;
    template <int kGroup> LECTERN_VNNI static inline __m512i group(__m512i line)
    {
        const __m512i halves = kGroup ? _mm512_srli_epi16(line, 4) : line;
        return _mm512_and_si512(halves, _mm512_set1_epi8(15));
    }
};

LECTERN_VNNI inline __m512i fourBytes(const std::int8_t* from)
{
    return _mm512_set1_epi32(*reinterpret_cast<const std::int32_t*>(from));
}

// Sums of levels times the two bytes of what they are multiplied with, in 16 lanes.
struct Sums {
    __m512i high, low;
};

// The levels of `line`'s group against bytes that stand at `at` of both arrays.
template <KvType kType, int kGroup>
LECTERN_VNNI inline void addLine(Sums& sums, __m512i line, const std::int8_t* high, const std::int8_t* low,
                                 std::ptrdiff_t at)
{
    const __m512i levels = Line<kType>::template group<kGroup>(line);
    sums.high = _mm512_dpbusd_epi32(sums.high, levels, fourBytes(high + at + 4 * kGroup));
    sums.low = _mm512_dpbusd_epi32(sums.low, levels, fourBytes(low + at + 4 * kGroup));
}

// high * 128 + low - offset as floats.
LECTERN_VNNI inline __m512 joined(const Sums& sums, std::int32_t offset)
{
    const __m512i whole = _mm512_add_epi32(_mm512_slli_epi32(sums.high, 7), sums.low);
    return _mm512_cvtepi32_ps(_mm512_sub_epi32(whole, _mm512_set1_epi32(offset)));
}

LECTERN_VNNI inline __m512i lineAt(const std::uint8_t* levels, const std::byte* ahead)
{
    __builtin_prefetch(ahead);
    return _mm512_loadu_si512(levels);
}

LECTERN_VNNI inline __m512 halvesAt(const std::uint16_t* halves)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves)));
}

constexpr int kKeyVectors = 2; // of 16 keys, worked on together

// Scores of keys [slot, slot + 32) for kRows queries.
template <KvType kType, int kRows>
LECTERN_VNNI void scoreKeys(const std::byte* part, std::ptrdiff_t ahead, const QueryRows& queries, int slot,
                            float* scores)
{
    constexpr int kLevels = Line<kType>::kLevels;
    const SplitRows& split = *queries.split;
    const int headDim = split.headDim, blocks = kvBlocks(headDim), padded = kvPaddedDim(headDim);
    const std::uint8_t* levels = kvLevels(part, headDim);
    __m512 totals[kRows][kKeyVectors];
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kKeyVectors; ++v)
            totals[r][v] = _mm512_setzero_ps();
    for (int block = 0; block < blocks; ++block) {
        Sums sums[kRows][kKeyVectors];
        for (int r = 0; r < kRows; ++r)
            for (int v = 0; v < kKeyVectors; ++v)
                sums[r][v] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
        const int end = std::min(padded, (block + 1) * kKvBlock);
        for (int i = block * kKvBlock; i < end; i += kLevels) {
            __m512i lines[kKeyVectors];
            for (int v = 0; v < kKeyVectors; ++v) {
                const std::uint8_t* at = levels + (i / kLevels * kPageTokens + slot + 16 * v) * 4;
                lines[v] = lineAt(at, reinterpret_cast<const std::byte*>(at) + ahead);
            }
            for (int r = 0; r < kRows; ++r) {
                const std::ptrdiff_t at = std::ptrdiff_t{queries.first + r} * padded + i;
                for (int v = 0; v < kKeyVectors; ++v) {
                    addLine<kType, 0>(sums[r][v], lines[v], split.high.data(), split.low.data(), at);
                    if constexpr (Line<kType>::kGroups == 2)
                        addLine<kType, 1>(sums[r][v], lines[v], split.high.data(), split.low.data(), at);
                }
            }
        }
        for (int r = 0; r < kRows; ++r) {
            const auto of = static_cast<std::size_t>((queries.first + r) * blocks + block);
            for (int v = 0; v < kKeyVectors; ++v) {
                const __m512 keyScales = halvesAt(kvScales(part) + block * kPageTokens + slot + 16 * v);
                const __m512 dots = joined(sums[r][v], Line<kType>::kBias * split.sums[of]);
                totals[r][v] = _mm512_fmadd_ps(_mm512_mul_ps(dots, keyScales),
                                               _mm512_set1_ps(split.scales[of]), totals[r][v]);
            }
        }
    }
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kKeyVectors; ++v)
            _mm512_storeu_ps(scores + r * kPageTokens + slot + 16 * v, totals[r][v]);
}

template <KvType kType>
LECTERN_VNNI void scores(const std::byte* part, std::ptrdiff_t ahead, const QueryRows& queries, float* out)
{
    QueryRows rows = queries;
    for (int left = queries.count; left > 0;) {
        const int count = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        for (int slot = 0; slot < kPageTokens; slot += 16 * kKeyVectors) {
            if (count == 4)
                scoreKeys<kType, 4>(part, ahead, rows, slot, out);
            else if (count == 2)
                scoreKeys<kType, 2>(part, ahead, rows, slot, out);
            else
                scoreKeys<kType, 1>(part, ahead, rows, slot, out);
        }
        rows.first += count;
        out += count * kPageTokens;
        left -= count;
        ahead = 0;
    }
}

// One row's probabilities times the scales of a block of the page's values, in two bytes each.
struct SplitPage {
    alignas(64) std::int8_t high[kPageTokens], low[kPageTokens];
    float scale;
    std::int32_t sum;
};

LECTERN_VNNI inline void splitPage(const float* probabilities, const std::uint16_t* scales, SplitPage& split)
{
    __m512 weights[kPageTokens / 16];
    __m512 most = _mm512_setzero_ps();
    for (int i = 0; i < kPageTokens / 16; ++i) {
        weights[i] = _mm512_mul_ps(_mm512_loadu_ps(probabilities + 16 * i), halvesAt(scales + 16 * i));
        most = _mm512_max_ps(most, _mm512_abs_ps(weights[i]));
    }
    const float largest = _mm512_reduce_max_ps(most);
    split.scale = largest / kLargestLevel;
    const __m512 inverse = _mm512_set1_ps(largest >= 1e-30f ? kLargestLevel / largest : 0.0f);
    __m512i sum = _mm512_setzero_si512();
    for (int i = 0; i < kPageTokens / 16; ++i) {
        const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(weights[i], inverse));
        sum = _mm512_add_epi32(sum, whole);
        _mm_store_si128(reinterpret_cast<__m128i*>(split.high + 16 * i),
                        _mm512_cvtepi32_epi8(_mm512_srai_epi32(whole, 7)));
        _mm_store_si128(reinterpret_cast<__m128i*>(split.low + 16 * i),
                        _mm512_cvtepi32_epi8(_mm512_and_si512(whole, _mm512_set1_epi32(127))));
    }
    split.sum = _mm512_reduce_add_epi32(sum);
}

// Adds the page's values of dimensions [i, i + 16 * kVectors) to kRows rows of `out`.
template <KvType kType, int kRows, int kVectors>
LECTERN_VNNI inline void addDimensions(const std::uint8_t* levels, std::ptrdiff_t ahead, int headDim,
                                       const SplitPage* rows, int i, float* out)
{
    constexpr int kLevels = Line<kType>::kLevels;
    Sums sums[kRows][kVectors];
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v)
            sums[r][v] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    for (int slot = 0; slot < kPageTokens; slot += kLevels) {
        __m512i lines[kVectors];
        for (int v = 0; v < kVectors; ++v) {
            const std::uint8_t* at = levels + (slot / kLevels * headDim + i + 16 * v) * 4;
            lines[v] = lineAt(at, reinterpret_cast<const std::byte*>(at) + ahead);
        }
        for (int r = 0; r < kRows; ++r)
            for (int v = 0; v < kVectors; ++v) {
                addLine<kType, 0>(sums[r][v], lines[v], rows[r].high, rows[r].low, slot);
                if constexpr (Line<kType>::kGroups == 2)
                    addLine<kType, 1>(sums[r][v], lines[v], rows[r].high, rows[r].low, slot);
            }
    }
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v) {
            float* to = out + r * headDim + i + 16 * v;
            const __m512 add = joined(sums[r][v], Line<kType>::kBias * rows[r].sum);
            _mm512_storeu_ps(to, _mm512_fmadd_ps(add, _mm512_set1_ps(rows[r].scale), _mm512_loadu_ps(to)));
        }
}

template <KvType kType, int kRows>
LECTERN_VNNI void addValues(const std::byte* part, std::ptrdiff_t ahead, int headDim,
                            const float* probabilities, float* out)
{
    const std::uint8_t* levels = kvLevels(part, headDim);
    SplitPage rows[kRows];
    for (int i = 0; i < headDim; i += kKvBlock) {
        for (int r = 0; r < kRows; ++r)
            splitPage(probabilities + r * kPageTokens, kvScales(part) + i / kKvBlock * kPageTokens, rows[r]);
        if (i + kKvBlock <= headDim)
            addDimensions<kType, kRows, 2>(levels, ahead, headDim, rows, i, out);
        else
            addDimensions<kType, kRows, 1>(levels, ahead, headDim, rows, i, out);
    }
}

template <KvType kType>
LECTERN_VNNI void values(const std::byte* part, std::ptrdiff_t ahead, int headDim, const float* probabilities,
                         int rows, float* out)
{
    for (int left = rows; left > 0; ahead = 0) {
        const int count = left >= 4 ? 4 : left >= 2 ? 2 : 1;
        if (count == 4)
            addValues<kType, 4>(part, ahead, headDim, probabilities, out);
        else if (count == 2)
            addValues<kType, 2>(part, ahead, headDim, probabilities, out);
        else
            addValues<kType, 1>(part, ahead, headDim, probabilities, out);
        probabilities += count * kPageTokens;
        out += count * headDim;
        left -= count;
    }
}

} // namespace

void scoresVnni(const KvPageLayout& layout, const std::byte* page, const std::byte* next,
                const QueryRows& queries, float* out)
{
    const std::byte* part = layout.keys(page);
    const std::ptrdiff_t ahead = next ? next - page : 0;
    if (layout.type == KvType::Q8_0)
        scores<KvType::Q8_0>(part, ahead, queries, out);
    else
        scores<KvType::Q4_0>(part, ahead, queries, out);
}

void addValuesVnni(const KvPageLayout& layout, const std::byte* page, const std::byte* next,
                   const float* probabilities, int rows, float* out)
{
    const std::byte* part = layout.values(page);
    const std::ptrdiff_t ahead = next ? next - page : 0;
    if (layout.type == KvType::Q8_0)
        values<KvType::Q8_0>(part, ahead, layout.headDim, probabilities, rows, out);
    else
        values<KvType::Q4_0>(part, ahead, layout.headDim, probabilities, rows, out);
}

} // namespace lectern
