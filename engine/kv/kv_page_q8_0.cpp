// q8_0: numbers and scales are those of GGUF's Q8_0 (blocks of 32 along the head dimension, scale = largest /
// 127 in f16), 34 bytes a block of 32. Levels are stored with 128 added, four to a word, as processors with
// byte dot products take them: keys [dim / 4][64][4 dimensions], values [64 / 4][dim][4 tokens].
#include "engine/base/half.h"
#include "engine/kv/kv_page_types.h"
#include "engine/kv/quantised_page.h"
#include "engine/quant/scale_search.h"

namespace lectern {

namespace {

constexpr int kBias = 128;

std::size_t partBytes(int headDim)
{
    return kvScaleBytes(headDim) + std::size_t{kPageTokens} * static_cast<std::size_t>(kvPaddedDim(headDim));
}

std::ptrdiff_t keyAt(int, int slot, int i)
{
    return (std::ptrdiff_t{i / 4} * kPageTokens + slot) * 4 + i % 4;
}
std::ptrdiff_t valueAt(int headDim, int slot, int i)
{
    return (std::ptrdiff_t{slot / 4} * kvPaddedDim(headDim) + i) * 4 + slot % 4;
}

template <auto kAt> void store(std::byte* part, int headDim, int slot, const float* numbers)
{
    std::uint8_t* levels = kvLevels(part, headDim);
    for (int first = 0; first < headDim; first += kKvBlock) {
        const int count = std::min(kKvBlock, headDim - first);
        const std::uint16_t scale = reachingHalf(std::fabs(extremeOf(numbers + first, count)) / 127);
        kvScales(part)[first / kKvBlock * kPageTokens + slot] = scale;
        const float inverse = scale == 0 ? 0 : 1 / halfToFloat(scale);
        for (int i = first; i < first + count; ++i)
            levels[kAt(headDim, slot, i)] =
                static_cast<std::uint8_t>(roundedLevel(numbers[i] * inverse, -127, 127) + kBias);
    }
    for (int i = headDim; i < kvPaddedDim(headDim); ++i)
        levels[kAt(headDim, slot, i)] = kBias;
}

template <auto kAt> void load(const std::byte* part, int headDim, int slot, float* numbers)
{
    for (int i = 0; i < headDim; ++i)
        numbers[i] = halfToFloat(kvScales(part)[i / kKvBlock * kPageTokens + slot]) *
                     static_cast<float>(kvLevels(part, headDim)[kAt(headDim, slot, i)] - kBias);
}

} // namespace

const KvPageType kKvPageQ8_0{KvType::Q8_0,   "q8_0",      partBytes,    store<keyAt>,
                             store<valueAt>, load<keyAt>, load<valueAt>};

} // namespace lectern
