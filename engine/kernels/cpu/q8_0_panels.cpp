#include "engine/kernels/cpu/panel_lanes.h"
#include "engine/kernels/cpu/panel_types.h"
#include "engine/quant/q8_0.h"

namespace lectern {

namespace {

// 32 columns of 16 rows. Levels are 128 higher than the file's: byte products want one side without a sign.
struct PanelQ8_0 {
    std::uint16_t scales[kPanelGroup];   // f16 bits
    std::uint32_t levels[8][kPanelGroup]; // four columns a word
};
static_assert(sizeof(PanelQ8_0) == kPanelGroup * sizeof(BlockQ8_0));

constexpr int kColumns = static_cast<int>(BlockQ8_0::kElements);
constexpr int kRaised = 128;

void pack(const std::byte* from, int blocks, std::byte* to)
{
    const auto* rows = reinterpret_cast<const BlockQ8_0*>(from);
    auto* panels = reinterpret_cast<PanelQ8_0*>(to);
    for (int i = 0; i < blocks; ++i)
        for (int row = 0; row < kPanelGroup; ++row) {
            const BlockQ8_0& block = rows[row * blocks + i];
            panels[i].scales[row] = block.scale;
            for (int word = 0; word < 8; ++word) {
                std::uint32_t four;
                std::memcpy(&four, block.quants + 4 * word, sizeof four);
                panels[i].levels[word][row] = four ^ 0x80808080u; // + 128
            }
        }
}

// In units of the activations' scale. The parts do not fit one whole number.
LECTERN_VNNI inline __m512 total(const ByteSums& sums)
{
    const __m512i lower = _mm512_add_epi32(_mm512_slli_epi32(sums.middle, 7), sums.low);
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums.high), _mm512_set1_ps(16384.0f), _mm512_cvtepi32_ps(lower));
}

LECTERN_VNNI void dot(const std::byte* from, int blocks, const SplitActivations& x, float* out)
{
    const auto* panels = reinterpret_cast<const PanelQ8_0*>(from);
    constexpr int kBlocksOfX = kSplitBlock / kColumns;
    __m512 sums = _mm512_setzero_ps();
    for (int i = 0; i < blocks; ++i) {
        ByteSums products = noSums();
        for (int j = 0; j < 8; ++j)
            addProducts(products, _mm512_loadu_si512(panels[i].levels[j]), x, std::ptrdiff_t{i} * kColumns + 4 * j);
        const __m512 xScale = _mm512_set1_ps(x.scales[static_cast<std::size_t>(i / kBlocksOfX)]);
        const __m512 raised = _mm512_set1_ps(float(kRaised) * x.sums[static_cast<std::size_t>(i)]);
        const __m512 value = _mm512_fmsub_ps(total(products), xScale, raised);
        sums = _mm512_fmadd_ps(value, halfFloats(panels[i].scales), sums);
    }
    _mm512_storeu_ps(out, sums);
}

LECTERN_VNNI void unpack(const std::byte* from, int blocks, float* out, int stride)
{
    const auto* panels = reinterpret_cast<const PanelQ8_0*>(from);
    for (int i = 0; i < blocks; ++i) {
        const __m512 scale = halfFloats(panels[i].scales);
        for (int column = 0; column < kColumns; ++column) {
            const __m512i levels = _mm512_srli_epi32(_mm512_loadu_si512(panels[i].levels[column / 4]),
                                                     static_cast<unsigned>(8 * (column % 4)));
            const __m512i level =
                _mm512_sub_epi32(_mm512_and_si512(levels, _mm512_set1_epi32(255)), _mm512_set1_epi32(kRaised));
            _mm512_storeu_ps(out + (std::ptrdiff_t{i} * kColumns + column) * stride,
                             _mm512_mul_ps(_mm512_cvtepi32_ps(level), scale));
        }
    }
}

} // namespace

const PanelType kPanelsQ8_0{TensorType::Q8_0, kColumns, sizeof(PanelQ8_0), pack, dot, unpack};

} // namespace lectern
