// q4_0: numbers and scales are those of GGUF's Q4_0 (blocks of 32 along the head dimension, scale = the
// extreme / -8 in f16, which may be negative), 18 bytes a block of 32. Levels 0..15 stand for -8..7. A word
// holds eight: its byte b the elements b (low half) and b + 4 (high half) of keys [dim / 8][64][8
// dimensions], values [64 / 8][dim][8 tokens].
#include "engine/base/half.h"
#include "engine/kv/kv_page_types.h"
#include "engine/kv/quantised_page.h"
#include "engine/quant/scale_search.h"

namespace lectern {

namespace {

constexpr int kBias = 8;

std::size_t partBytes(int headDim)
{
    return kvScaleBytes(headDim) +
           std::size_t{kPageTokens} * static_cast<std::size_t>(kvPaddedDim(headDim)) / 2;
}

// The byte of element `of8` (0..7) of a word, and how far its half is to the left.
struct Place {
    std::ptrdiff_t byte;
    int shift;
};

Place placeIn(std::ptrdiff_t word, int of8)
{
    return {4 * word + of8 % 4, of8 / 4 * 4};
}

Place keyAt(int, int slot, int i)
{
    return placeIn(std::ptrdiff_t{i / 8} * kPageTokens + slot, i % 8);
}
Place valueAt(int headDim, int slot, int i)
{
    return placeIn(std::ptrdiff_t{slot / 8} * kvPaddedDim(headDim) + i, slot % 8);
}

void put(std::uint8_t* levels, Place at, int level)
{
    levels[at.byte] = static_cast<std::uint8_t>((levels[at.byte] & (0xf0 >> at.shift)) | level << at.shift);
}

template <auto kAt> void store(std::byte* part, int headDim, int slot, const float* numbers)
{
    std::uint8_t* levels = kvLevels(part, headDim);
    for (int first = 0; first < headDim; first += kKvBlock) {
        const int count = std::min(kKvBlock, headDim - first);
        const std::uint16_t scale = reachingHalf(extremeOf(numbers + first, count) / -kBias);
        kvScales(part)[first / kKvBlock * kPageTokens + slot] = scale;
        const float inverse = (scale & 0x7fff) == 0 ? 0 : 1 / halfToFloat(scale);
        for (int i = first; i < first + count; ++i)
            put(levels, kAt(headDim, slot, i), roundedLevel(numbers[i] * inverse, -8, 7) + kBias);
    }
    for (int i = headDim; i < kvPaddedDim(headDim); ++i)
        put(levels, kAt(headDim, slot, i), kBias);
}

template <auto kAt> void load(const std::byte* part, int headDim, int slot, float* numbers)
{
    for (int i = 0; i < headDim; ++i) {
        const Place at = kAt(headDim, slot, i);
        const int level = kvLevels(part, headDim)[at.byte] >> at.shift & 15;
        numbers[i] = halfToFloat(kvScales(part)[i / kKvBlock * kPageTokens + slot]) *
                     static_cast<float>(level - kBias);
    }
}

} // namespace

const KvPageType kKvPageQ4_0{KvType::Q4_0,   "q4_0",      partBytes,    store<keyAt>,
                             store<valueAt>, load<keyAt>, load<valueAt>};

} // namespace lectern
