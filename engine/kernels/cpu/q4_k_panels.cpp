#include "engine/kernels/cpu/panel_lanes.h"
#include "engine/kernels/cpu/panel_types.h"
#include "engine/quant/k_factors.h"
#include "engine/quant/q4_k.h"

namespace lectern {

namespace {

// 256 columns of 16 rows.
struct PanelQ4_K {
    std::uint16_t scales[kPanelGroup], offsetScales[kPanelGroup]; // f16 bits
    std::uint8_t factors[8][kPanelGroup], offsets[8][kPanelGroup]; // of each sub-block of 32 columns
    // Word 8p + j of a row: columns 64p + 4j + 0..3 in the low halves of its bytes, 32 columns on in the high halves.
    std::uint32_t nibbles[32][kPanelGroup];
};
static_assert(sizeof(PanelQ4_K) == 2368);

LECTERN_VNNI inline __m512 total(const ByteSums& sums)
{
    const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(sums.high, 7), sums.middle);
    return _mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_slli_epi32(upper, 7), sums.low));
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

void pack(const std::byte* from, int blocks, std::byte* to)
{
    const auto* rows = reinterpret_cast<const BlockQ4_K*>(from);
    auto* panels = reinterpret_cast<PanelQ4_K*>(to);
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

LECTERN_VNNI void dot(const std::byte* from, int blocks, const SplitActivations& x, float* out)
{
    const auto* panels = reinterpret_cast<const PanelQ4_K*>(from);
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
        const __m512 scale = _mm512_mul_ps(halfFloats(panel.scales), _mm512_set1_ps(x.scales[std::size_t(i)]));
        sums = _mm512_fmadd_ps(blockSums, scale, sums);
        offsets = _mm512_fmadd_ps(blockOffsets, halfFloats(panel.offsetScales), offsets);
    }
    _mm512_storeu_ps(out, _mm512_sub_ps(sums, offsets));
}

LECTERN_VNNI void unpack(const std::byte* from, int blocks, float* out, int stride)
{
    const auto* panels = reinterpret_cast<const PanelQ4_K*>(from);
    for (int i = 0; i < blocks; ++i) {
        const PanelQ4_K& panel = panels[i];
        for (int sub = 0; sub < 8; ++sub) {
            const __m512 scale = _mm512_mul_ps(halfFloats(panel.scales), wholes(panel.factors[sub]));
            const __m512 offset = _mm512_mul_ps(halfFloats(panel.offsetScales), wholes(panel.offsets[sub]));
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

} // namespace

const PanelType kPanelsQ4_K{TensorType::Q4_K, kSplitBlock, sizeof(PanelQ4_K), pack, dot, unpack};

} // namespace lectern
