// Sums of products of quantised levels with 16-bit numbers in 32 bits: AVX512-VNNI's pair products where the
// processor has them, multiply-add of pairs elsewhere. A sum runs over a block of 32 dimensions or the 64
// tokens of a page; numbers of 16 bits times levels of 8 stay below 2^29 there. A line is a vector of 32-bit
// lanes, each with two levels of 16 bits. Included once per SIMD target (Highway's foreach_target), hence no
// #pragma once.
#if defined(LECTERN_LEVEL_PRODUCTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_LEVEL_PRODUCTS_INL_H_
#undef LECTERN_LEVEL_PRODUCTS_INL_H_
#else
#define LECTERN_LEVEL_PRODUCTS_INL_H_
#endif

#include "engine/kernels/cpu/tile_gemm-inl.h"
#include "engine/kernels/cpu/word_rows.h"
#include "engine/kv/quantised_page.h"

#include <algorithm>
#include <cstring>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR

using SumTag = hn::RebindToSigned<FloatTag>;
using LevelTag = hn::Repartition<std::int16_t, FloatTag>;
using LevelBitsTag = hn::RebindToUnsigned<LevelTag>;

// Rows worked on together with two lines: accumulators fill half the registers or more.
#if HWY_TARGET <= HWY_AVX3
constexpr int kLevelRows = 8;
#else
constexpr int kLevelRows = 4;
#endif
// Vectors of columns that so many rows take together: few rows take more, and with them longer runs of memory.
constexpr int levelVectors(int rows) { return 4 * rows <= 2 * kLevelRows ? 4 : 2; }

template <bool kVnni>
HWY_INLINE hn::Vec<SumTag> addPairs(hn::Vec<SumTag> sum, hn::Vec<LevelTag> a, hn::Vec<LevelTag> b)
{
#if HWY_TARGET <= HWY_AVX3
    // Highway 1.0.3 has no name for it, and the target is built without it: asked for at run time (vnni.h).
    if constexpr (kVnni) {
        asm("vpdpwssd %2, %1, %0" : "+v"(sum.raw) : "v"(a.raw), "v"(b.raw));
        return sum;
    }
#endif
    hn::Vec<SumTag> unused = sum;
    return hn::ReorderWidenMulAccumulate(SumTag(), a, b, sum, unused);
}

HWY_INLINE hn::Vec<LevelBitsTag> levelBits(const std::uint8_t* line)
{
    return hn::LoadU(LevelBitsTag(), reinterpret_cast<const std::uint16_t*>(line));
}

HWY_INLINE hn::Vec<LevelTag> withoutBias(hn::Vec<LevelBitsTag> levels, int bias)
{
    return hn::BitCast(LevelTag(),
                       hn::Sub(levels, hn::Set(LevelBitsTag(), static_cast<std::uint16_t>(bias))));
}

// Where lines come from: the words of kv_page_q8_0.cpp and kv_page_q4_0.cpp hold kSteps lines, of elements 0
// and 2, 1 and 3, 4 and 6, 5 and 7 of their group.
struct LinesQ8_0 {
    static constexpr int kSteps = 2;
    template <int kStep> static HWY_INLINE hn::Vec<LevelTag> line(const std::uint8_t* words)
    {
        const auto bits = levelBits(words);
        if constexpr (kStep == 0)
            return withoutBias(hn::And(bits, hn::Set(LevelBitsTag(), 255)), 128);
        else
            return withoutBias(hn::ShiftRight<8>(bits), 128);
    }
};
struct LinesQ4_0 {
    static constexpr int kSteps = 4;
    template <int kStep> static HWY_INLINE hn::Vec<LevelTag> line(const std::uint8_t* words)
    {
        constexpr int kShift = kStep % 2 * 8 + kStep / 2 * 4;
        const auto bits = hn::ShiftRight<kShift>(levelBits(words));
        return withoutBias(hn::And(bits, hn::Set(LevelBitsTag(), 15)), 8);
    }
};
// Lines that have been unpacked by unpackLines().
struct LinesUnpacked {
    static constexpr int kSteps = 1;
    template <int kStep> static HWY_INLINE hn::Vec<LevelTag> line(const std::uint8_t* words)
    {
        return hn::LoadU(LevelTag(), reinterpret_cast<const std::int16_t*>(words));
    }
};

template <class Lines, int... kStep>
HWY_INLINE void unpackGroup(const std::uint8_t* words, std::uint8_t* to, int columns,
                            std::integer_sequence<int, kStep...>)
{
    const int lanes = static_cast<int>(hn::Lanes(SumTag()));
    for (int column = 0; column < columns; column += lanes)
        (hn::StoreU(Lines::template line<kStep>(words + 4 * column), LevelTag(),
                    reinterpret_cast<std::int16_t*>(to + 4 * (kStep * columns + column))),
         ...);
}

// `elements` x `columns` levels -> lines, [elements / 2][columns].
template <class Lines>
void unpackLines(const std::uint8_t* levels, int elements, int columns, std::uint8_t* to)
{
    for (int group = 0; group < elements / (2 * Lines::kSteps); ++group)
        unpackGroup<Lines>(levels + std::ptrdiff_t{group} * columns * 4,
                           to + std::ptrdiff_t{group} * Lines::kSteps * columns * 4, columns,
                           std::make_integer_sequence<int, Lines::kSteps>());
}

template <int kRows, int kVectors> struct PairSums {
    hn::Vec<SumTag> of[kRows][kVectors];
};

// What is multiplied: words [rows][stride], as many as the levels have elements. Every block of 32 columns has its own,
// `blockStride` words on; 0: all share them.
struct WordView {
    const std::int16_t* words;
    std::ptrdiff_t stride;
    std::ptrdiff_t blockStride;
};

template <class Lines, bool kVnni, int kStep, int kRows, int kVectors>
HWY_INLINE void addStep(PairSums<kRows, kVectors>& sums, const std::uint8_t* levels, const WordView& words, int first)
{
    constexpr int kLanes = static_cast<int>(HWY_LANES(std::int32_t));
    constexpr int kOfBlock = std::min(kVectors, kKvBlock / kLanes); // vectors that share their words
    hn::Vec<LevelTag> lines[kVectors];
    for (int v = 0; v < kVectors; ++v)
        lines[v] = Lines::template line<kStep>(levels + 4 * v * kLanes);
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; v += kOfBlock) {
            std::int32_t pair;
            std::memcpy(&pair, words.words + r * words.stride + v / kOfBlock * words.blockStride + first + 2 * kStep,
                        sizeof pair);
            const auto pairs = hn::BitCast(LevelTag(), hn::Set(SumTag(), pair));
            for (int i = v; i < v + kOfBlock; ++i)
                sums.of[r][i] = addPairs<kVnni>(sums.of[r][i], lines[i], pairs);
        }
}

template <class Lines, bool kVnni, int kRows, int kVectors, int... kStep>
HWY_INLINE void addGroup(PairSums<kRows, kVectors>& sums, const std::uint8_t* levels, const WordView& words, int first,
                         std::integer_sequence<int, kStep...>)
{
    (addStep<Lines, kVnni, kStep>(sums, levels, words, first), ...);
}

// Sums over `elements` of levels [elements][columns] from `levels` on, for kVectors vectors of columns. The
// memory `ahead` bytes on is asked for meanwhile; 0: none.
template <class Lines, bool kVnni, int kRows, int kVectors>
HWY_INLINE void pairSums(const std::uint8_t* levels, int columns, int elements, const WordView& words,
                         std::ptrdiff_t ahead, PairSums<kRows, kVectors>& sums)
{
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVectors; ++v)
            sums.of[r][v] = hn::Zero(SumTag());
    const int lanes = static_cast<int>(hn::Lanes(SumTag()));
    for (int group = 0; group < elements / (2 * Lines::kSteps); ++group) {
        const std::uint8_t* line = levels + std::ptrdiff_t{group} * columns * 4;
        if (ahead)
            for (int v = 0; v < kVectors; ++v)
                __builtin_prefetch(line + ahead + 4 * v * lanes);
        addGroup<Lines, kVnni>(sums, line, words, group * 2 * Lines::kSteps,
                               std::make_integer_sequence<int, Lines::kSteps>());
    }
}

// Four vectors of floats times `factor`, at most kLargestWord in magnitude, rounded to words in the order of
// WordRows. What is not finite becomes some word.
HWY_INLINE void packWords(const float* from, hn::Vec<FloatTag> factor, std::int16_t* to)
{
    const FloatTag d;
    const hn::Repartition<std::uint64_t, FloatTag> two;
    const std::size_t lanes = hn::Lanes(d);
    // The low half of its bits is the nearest whole number.
    const auto rounding = hn::Set(d, 12582912.0f);
    hn::Vec<decltype(two)> whole[4];
    for (std::size_t v = 0; v < 4; ++v)
        whole[v] = hn::BitCast(two, hn::MulAdd(hn::LoadU(d, from + v * lanes), factor, rounding));
    const auto paired = [&](int a, int b) {
        const auto low = hn::BitCast(SumTag(), hn::InterleaveLower(two, whole[a], whole[b]));
        const auto high = hn::BitCast(SumTag(), hn::InterleaveUpper(two, whole[a], whole[b]));
        return hn::BitCast(
            two, hn::OddEven(hn::BitCast(LevelTag(), hn::ShiftLeft<16>(high)), hn::BitCast(LevelTag(), low)));
    };
    const auto a = paired(0, 2), b = paired(1, 3);
    hn::StoreU(hn::BitCast(LevelTag(), hn::ConcatEven(two, b, a)), LevelTag(), to);
    hn::StoreU(hn::BitCast(LevelTag(), hn::ConcatOdd(two, b, a)), LevelTag(), to + 2 * lanes);
}

#endif // HWY_TARGET != HWY_SCALAR

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
