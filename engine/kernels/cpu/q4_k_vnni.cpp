#include "engine/kernels/cpu/q4_k_vnni.h"

#include "engine/kernels/cpu/vnni.h"

#include <cstring>
#include <immintrin.h>

namespace lectern {

namespace {

// The 8 scale factors in the low, the 8 offset factors in the high half; k_factors.h says how they are packed.
LECTERN_VNNI inline __m128i kFactors(const std::uint8_t* bytes)
{
    std::uint32_t words[3];
    std::memcpy(words, bytes, sizeof words);
    const std::uint32_t scaleHigh = (words[2] & 0x0f0f0f0fu) | (words[0] >> 2 & 0x30303030u);
    const std::uint32_t offsetHigh = (words[2] >> 4 & 0x0f0f0f0fu) | (words[1] >> 2 & 0x30303030u);
    return _mm_set_epi64x(
        static_cast<long long>(std::uint64_t{offsetHigh} << 32 | (words[1] & 0x3f3f3f3fu)),
        static_cast<long long>(std::uint64_t{scaleHigh} << 32 | (words[0] & 0x3f3f3f3fu)));
}

LECTERN_VNNI inline float halfValue(std::uint16_t bits) { return _cvtsh_ss(bits); }

// 64 activations: their three bytes.
struct SplitVector {
    __m512i high, middle, low;
};

// 64 weights, two sub-blocks of 32, against their activations: lanes 0..7 the first, 8..15 the second.
LECTERN_VNNI inline __m512i dotPair(const std::uint8_t* nibbles, const SplitVector& x)
{
    const __m512i shifts = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(4), 1);
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(nibbles));
    const __m512i weights = _mm512_and_si512(_mm512_srlv_epi16(_mm512_broadcast_i64x4(bytes), shifts),
                                             _mm512_set1_epi8(15));
    __m512i sum = _mm512_dpbusd_epi32(_mm512_setzero_si512(), weights, x.high);
    sum = _mm512_dpbusd_epi32(_mm512_slli_epi32(sum, 7), weights, x.middle);
    return _mm512_dpbusd_epi32(_mm512_slli_epi32(sum, 7), weights, x.low);
}

LECTERN_VNNI inline __m256 foldHalves(__m512 sum)
{
    return _mm256_add_ps(_mm512_castps512_ps256(sum), _mm512_extractf32x8_ps(sum, 1));
}

} // namespace

LECTERN_VNNI void dotRowsQ4KVnni(const BlockQ4_K* rows, int blocks, const SplitActivations& x, float* out)
{
    // Lane j of pair p takes the scale of sub-block 2p + j / 8.
    const __m512i firstPair = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi32(1), 1);
    const std::int8_t* high = x.high.data();
    const std::int8_t* middle = x.middle.data();
    const std::int8_t* low = x.low.data();
    __m512 sums[kVnniRows];
    __m256 offsets[kVnniRows];
    for (int r = 0; r < kVnniRows; ++r) {
        sums[r] = _mm512_setzero_ps();
        offsets[r] = _mm256_setzero_ps();
    }
    for (int i = 0; i < blocks; ++i) {
        const __m256 xSums = _mm256_loadu_ps(x.sums.data() + static_cast<std::ptrdiff_t>(i) * kSplitSums);
        const float xScale = x.scales[static_cast<std::size_t>(i)];
        __m512 scales[kVnniRows];
        for (int r = 0; r < kVnniRows; ++r) {
            const BlockQ4_K& block = rows[r * blocks + i];
            const __m512 factors = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(kFactors(block.factors)));
            scales[r] = _mm512_mul_ps(factors, _mm512_set1_ps(halfValue(block.scale) * xScale));
            const __m256 offset = _mm256_mul_ps(_mm512_extractf32x8_ps(factors, 1),
                                                _mm256_set1_ps(halfValue(block.offsetScale)));
            offsets[r] = _mm256_fmadd_ps(offset, xSums, offsets[r]);
        }
        __m512i lanes = firstPair;
        for (int pair = 0; pair < 4; ++pair) {
            const std::ptrdiff_t at = std::ptrdiff_t{i} * kSplitBlock + 64 * pair;
            const SplitVector split{_mm512_loadu_si512(high + at), _mm512_loadu_si512(middle + at),
                                    _mm512_loadu_si512(low + at)};
            for (int r = 0; r < kVnniRows; ++r) {
                const __m512 dots = _mm512_cvtepi32_ps(dotPair(rows[r * blocks + i].nibbles + 32 * pair, split));
                sums[r] = _mm512_fmadd_ps(dots, _mm512_permutexvar_ps(lanes, scales[r]), sums[r]);
            }
            lanes = _mm512_add_epi32(lanes, _mm512_set1_epi32(2));
        }
    }
    const __m256 first = _mm256_hadd_ps(_mm256_sub_ps(foldHalves(sums[0]), offsets[0]),
                                        _mm256_sub_ps(foldHalves(sums[1]), offsets[1]));
    const __m256 last = _mm256_hadd_ps(_mm256_sub_ps(foldHalves(sums[2]), offsets[2]),
                                       _mm256_sub_ps(foldHalves(sums[3]), offsets[3]));
    const __m256 all = _mm256_hadd_ps(first, last);
    _mm_storeu_ps(out, _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1)));
}

} // namespace lectern
