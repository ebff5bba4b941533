#include "engine/kernels/cpu/q4_k_panels.h"

#include "engine/kernels/cpu/vnni.h"
#include "engine/quant/k_factors.h"

#include <cstring>
#include <immintrin.h>

namespace lectern {

namespace {

// The sums of one sub-block's products, apart by the activations' bytes.
struct ByteSums {
    __m512i high, middle, low;
};

LECTERN_VNNI inline ByteSums noSums()
{
    return {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
}

// Four activations of each of 16 rows: the same for all.
LECTERN_VNNI inline __m512i broadcast(const std::int8_t* x)
{
    std::int32_t four;
    std::memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
}

LECTERN_VNNI inline void addProducts(ByteSums& sums, __m512i weights, const SplitActivations& x, std::ptrdiff_t at)
{
    sums.high = _mm512_dpbusd_epi32(sums.high, weights, broadcast(x.high.data() + at));
    sums.middle = _mm512_dpbusd_epi32(sums.middle, weights, broadcast(x.middle.data() + at));
    sums.low = _mm512_dpbusd_epi32(sums.low, weights, broadcast(x.low.data() + at));
}

LECTERN_VNNI inline __m512 total(const ByteSums& sums)
{
    const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(sums.high, 7), sums.middle);
    return _mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_slli_epi32(upper, 7), sums.low));
}

LECTERN_VNNI inline __m512 halves(const std::uint16_t* bits)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bits)));
}

LECTERN_VNNI inline __m512 wholes(const std::uint8_t* bytes)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))));
}

LECTERN_VNNI inline __m512i lowHalves(__m512i bytes) { return _mm512_and_si512(bytes, _mm512_set1_epi8(15)); }

// One column of 16 rows.
LECTERN_VNNI inline void storeColumn(__m512i levels, __m512 scale, __m512 offset, float* to)
{
    const __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_and_si512(levels, _mm512_set1_epi32(15))), scale);
    _mm512_storeu_ps(to, _mm512_sub_ps(value, offset));
}

} // namespace

void packPanels(const BlockQ4_K* rows, int blocks, PanelQ4_K* panels)
{
    for (int i = 0; i < blocks; ++i) {
        PanelQ4_K& panel = panels[i];
        for (int row = 0; row < kPanelGroup; ++row) {
            const BlockQ4_K& block = rows[row * blocks + i];
            panel.scales[row] = block.scale;
            panel.offsetScales[row] = block.offsetScale;
            const KFactors factors = loadKFactors(block.factors);
            for (std::size_t sub = 0; sub < 8; ++sub) {
                panel.factors[sub][row] = factors.scale[sub];
                panel.offsets[sub][row] = factors.offset[sub];
            }
            for (int word = 0; word < 32; ++word)
                std::memcpy(&panel.nibbles[word][row], block.nibbles + 4 * word, 4);
        }
    }
}

LECTERN_VNNI void dotPanels(const PanelQ4_K* panels, int blocks, const SplitActivations& x, float* out)
{
    __m512 sums = _mm512_setzero_ps(), offsets = _mm512_setzero_ps();
    for (int i = 0; i < blocks; ++i) {
        const PanelQ4_K& panel = panels[i];
        const float* xSums = x.sums.data() + static_cast<std::ptrdiff_t>(i) * kSplitSums;
        __m512 blockSums = _mm512_setzero_ps(), blockOffsets = _mm512_setzero_ps();
        for (int pair = 0; pair < 4; ++pair) {
            ByteSums first = noSums(), second = noSums();
            for (int j = 0; j < 8; ++j) {
                const __m512i levels = _mm512_loadu_si512(panel.nibbles[8 * pair + j]);
                const std::ptrdiff_t at = std::ptrdiff_t{i} * kSplitBlock + 64 * pair + 4 * j;
                addProducts(first, lowHalves(levels), x, at);
                addProducts(second, lowHalves(_mm512_srli_epi16(levels, 4)), x, at + 32);
            }
            blockSums = _mm512_fmadd_ps(total(first), wholes(panel.factors[2 * pair]), blockSums);
            blockSums = _mm512_fmadd_ps(total(second), wholes(panel.factors[2 * pair + 1]), blockSums);
            for (const int sub : {2 * pair, 2 * pair + 1})
                blockOffsets = _mm512_fmadd_ps(wholes(panel.offsets[sub]), _mm512_set1_ps(xSums[sub]), blockOffsets);
        }
        const __m512 scale = _mm512_mul_ps(halves(panel.scales), _mm512_set1_ps(x.scales[std::size_t(i)]));
        sums = _mm512_fmadd_ps(blockSums, scale, sums);
        offsets = _mm512_fmadd_ps(blockOffsets, halves(panel.offsetScales), offsets);
    }
    _mm512_storeu_ps(out, _mm512_sub_ps(sums, offsets));
}

LECTERN_VNNI void unpackPanels(const PanelQ4_K* panels, int blocks, float* out, int stride)
{
    for (int i = 0; i < blocks; ++i) {
        const PanelQ4_K& panel = panels[i];
        for (int sub = 0; sub < 8; ++sub) {
            const __m512 scale = _mm512_mul_ps(halves(panel.scales), wholes(panel.factors[sub]));
            const __m512 offset = _mm512_mul_ps(halves(panel.offsetScales), wholes(panel.offsets[sub]));
            float* to = out + (std::ptrdiff_t{i} * kSplitBlock + 32 * sub) * stride;
            for (int j = 0; j < 8; ++j) {
                __m512i levels = _mm512_loadu_si512(panel.nibbles[8 * (sub / 2) + j]);
                levels = sub % 2 ? _mm512_srli_epi32(levels, 4) : levels;
                for (int column = 4 * j; column < 4 * j + 4; ++column) {
                    storeColumn(levels, scale, offset, to + std::ptrdiff_t{column} * stride);
                    levels = _mm512_srli_epi32(levels, 8);
                }
            }
        }
    }
}

} // namespace lectern
