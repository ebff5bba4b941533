// A page's keys and values as f32 tiles, whatever their type: keys [padded dim][64], values [64][padded dim],
// dimensions padded to whole vectors of 16 (what stands in a key's padding is not used; a value's is 0).
// Included once per SIMD target (Highway's foreach_target), hence no #pragma once.
#if defined(LECTERN_KV_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KV_TILE_INL_H_
#undef LECTERN_KV_TILE_INL_H_
#else
#define LECTERN_KV_TILE_INL_H_
#endif

#include "engine/base/half.h"
#include "engine/kernels/cpu/tile_gemm-inl.h"
#include "engine/kv/kv_page.h"
#include "engine/kv/quantised_page.h"

#include <cstring>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using WordTag = hn::RebindToSigned<FloatTag>;

// The levels of a 32-bit word of kv_page_q8_0.cpp and of kv_page_q4_0.cpp.
struct WordsQ8_0 {
    static constexpr int kCount = 4, kBias = 128, kMask = 255;
    static constexpr int shift(int index) { return 8 * index; }
};
struct WordsQ4_0 {
    static constexpr int kCount = 8, kBias = 8, kMask = 15;
    static constexpr int shift(int index) { return 8 * (index % 4) + 4 * (index / 4); }
};

template <class Words, int kIndex> HWY_INLINE hn::Vec<FloatTag> levelsOf(hn::Vec<WordTag> words)
{
    const auto level = hn::And(hn::ShiftRight<Words::shift(kIndex)>(words), hn::Set(WordTag(), Words::kMask));
    return hn::ConvertTo(FloatTag(), level);
}

HWY_INLINE hn::Vec<WordTag> wordsAt(const std::uint8_t* levels)
{
    return hn::LoadU(WordTag(), reinterpret_cast<const std::int32_t*>(levels));
}

// One word's numbers of as many keys as there are lanes: to[index * 64].
template <class Words, int... kIndex>
HWY_INLINE void storeKeys(hn::Vec<WordTag> words, hn::Vec<FloatTag> scale, hn::Vec<FloatTag> first, float* to,
                          std::integer_sequence<int, kIndex...>)
{
    (hn::StoreU(hn::MulAdd(levelsOf<Words, kIndex>(words), scale, first), FloatTag(),
                to + kIndex * kPageTokens),
     ...);
}

template <class Words> void quantisedKeys(const std::byte* part, int headDim, float* keys)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const auto* halves = reinterpret_cast<const hwy::float16_t*>(kvScales(part));
    const std::uint8_t* levels = kvLevels(part, headDim);
    for (int begin = 0; begin < headDim; begin += kKvBlock) {
        const int end = std::min(kvPaddedDim(headDim), begin + kKvBlock);
        for (int slot = 0; slot < kPageTokens; slot += lanes) {
            const auto scale = loadFloats(d, halves + begin / kKvBlock * kPageTokens + slot);
            const auto first = hn::Mul(scale, hn::Set(d, -float(Words::kBias)));
            for (int i = begin; i < end; i += Words::kCount)
                storeKeys<Words>(wordsAt(levels + (i / Words::kCount * kPageTokens + slot) * 4), scale, first,
                                 keys + i * kPageTokens + slot,
                                 std::make_integer_sequence<int, Words::kCount>());
        }
    }
}

// One word's numbers of as many dimensions as there are lanes: to[index * stride].
template <class Words, int... kIndex>
HWY_INLINE void storeValues(hn::Vec<WordTag> words, const float* scales, float* to, int stride,
                            std::integer_sequence<int, kIndex...>)
{
    const FloatTag d;
    (hn::StoreU(hn::Mul(hn::Sub(levelsOf<Words, kIndex>(words), hn::Set(d, float(Words::kBias))),
                        hn::Set(d, scales[kIndex])),
                d, to + kIndex * stride),
     ...);
}

template <class Words> void quantisedValues(const std::byte* part, int headDim, float* values)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int stride = kvPaddedDim(headDim);
    const auto* halves = reinterpret_cast<const hwy::float16_t*>(kvScales(part));
    const std::uint8_t* levels = kvLevels(part, headDim);
    for (int begin = 0; begin < stride; begin += kKvBlock) {
        const int end = std::min(stride, begin + kKvBlock);
        HWY_ALIGN float scales[kPageTokens];
        for (int slot = 0; slot < kPageTokens; slot += lanes)
            hn::Store(loadFloats(d, halves + begin / kKvBlock * kPageTokens + slot), d, scales + slot);
        for (int slot = 0; slot < kPageTokens; slot += Words::kCount)
            for (int i = begin; i < end; i += lanes)
                storeValues<Words>(wordsAt(levels + (slot / Words::kCount * stride + i) * 4), scales + slot,
                                   values + slot * stride + i, stride,
                                   std::make_integer_sequence<int, Words::kCount>());
    }
}

// halves -> floats; count is a multiple of 16.
inline void widen(const std::byte* from, float* to, int count)
{
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const auto* halves = reinterpret_cast<const hwy::float16_t*>(from);
    for (int i = 0; i < count; i += lanes)
        hn::StoreU(loadFloats(d, halves + i), d, to + i);
}

// Values [64][headDim] -> [64][padded], the padding 0.
template <typename T, typename Unpack>
void padValues(const T* from, int headDim, float* to, const Unpack& unpack)
{
    const int stride = kvPaddedDim(headDim);
    for (int token = 0; token < kPageTokens; ++token)
        for (int i = 0; i < stride; ++i)
            to[token * stride + i] = i < headDim ? unpack(from[token * headDim + i]) : 0.0f;
}

inline void tileKeys(const KvPageLayout& layout, const std::byte* page, float* keys)
{
    const std::byte* part = layout.keys(page);
    switch (layout.type) {
    case KvType::F32:
        std::memcpy(keys, part, layout.keyBytes());
        return;
    case KvType::F16:
        widen(part, keys, layout.headDim * kPageTokens);
        return;
    case KvType::Q8_0:
        quantisedKeys<WordsQ8_0>(part, layout.headDim, keys);
        return;
    case KvType::Q4_0:
        quantisedKeys<WordsQ4_0>(part, layout.headDim, keys);
        return;
    }
}

inline void tileValues(const KvPageLayout& layout, const std::byte* page, float* values)
{
    const std::byte* part = layout.values(page);
    const int headDim = layout.headDim;
    const bool whole = headDim == kvPaddedDim(headDim);
    switch (layout.type) {
    case KvType::F32:
        return padValues(reinterpret_cast<const float*>(part), headDim, values,
                         [](float value) { return value; });
    case KvType::F16:
        if (whole)
            return widen(part, values, kPageTokens * headDim);
        return padValues(reinterpret_cast<const std::uint16_t*>(part), headDim, values, halfToFloat);
    case KvType::Q8_0:
        return quantisedValues<WordsQ8_0>(part, headDim, values);
    case KvType::Q4_0:
        return quantisedValues<WordsQ4_0>(part, headDim, values);
    }
}

// Turns a tile of keys, [dim][64], to the positions of its page.
HWY_INLINE void turnKeys(const KeyAngles& angles, std::int64_t page, float* keys)
{
    static_assert(KeyAngles::kRun == kPageTokens);
    const FloatTag d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    const int stride = angles.layout() == RopeLayout::Norm ? 2 : 1;
    const int partner = angles.layout() == RopeLayout::Norm ? 1 : angles.pairs();
    for (int pair = 0; pair < angles.pairs(); ++pair) {
        float* a = keys + pair * stride * kPageTokens;
        float* b = a + partner * kPageTokens;
        const auto pageCos = hn::Set(d, angles.pageCos(page)[pair]);
        const auto pageSin = hn::Set(d, angles.pageSin(page)[pair]);
        for (int i = 0; i < kPageTokens; i += lanes) {
            const auto runCos = hn::LoadU(d, angles.runCos() + pair * kPageTokens + i);
            const auto runSin = hn::LoadU(d, angles.runSin() + pair * kPageTokens + i);
            const auto cosine = hn::NegMulAdd(pageSin, runSin, hn::Mul(pageCos, runCos));
            const auto sine = hn::MulAdd(pageSin, runCos, hn::Mul(pageCos, runSin));
            const auto x = hn::LoadU(d, a + i), y = hn::LoadU(d, b + i);
            hn::StoreU(hn::NegMulAdd(y, sine, hn::Mul(x, cosine)), d, a + i);
            hn::StoreU(hn::MulAdd(y, cosine, hn::Mul(x, sine)), d, b + i);
        }
    }
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
