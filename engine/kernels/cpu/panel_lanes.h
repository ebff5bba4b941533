// What the kernels of panels share (panel_types.h): a lane of a vector is a row.
#pragma once

#include "engine/kernels/cpu/split_activations.h"
#include "engine/kernels/cpu/vnni.h"

#include <cstring>
#include <immintrin.h>

namespace lectern {

// Sums of products, apart by the activations' bytes.
struct ByteSums {
    __m512i high, middle, low;
};

LECTERN_VNNI inline ByteSums noSums()
{
    return {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
}

// Four activations, the same for all rows.
LECTERN_VNNI inline __m512i broadcastFour(const std::int8_t* x)
{
    std::int32_t four;
    std::memcpy(&four, x, sizeof four);
    return _mm512_set1_epi32(four);
}

// weights: four unsigned bytes a row, for the activations from `at`.
LECTERN_VNNI inline void addProducts(ByteSums& sums, __m512i weights, const SplitActivations& x, std::ptrdiff_t at)
{
    sums.high = _mm512_dpbusd_epi32(sums.high, weights, broadcastFour(x.high.data() + at));
    sums.middle = _mm512_dpbusd_epi32(sums.middle, weights, broadcastFour(x.middle.data() + at));
    sums.low = _mm512_dpbusd_epi32(sums.low, weights, broadcastFour(x.low.data() + at));
}

LECTERN_VNNI inline __m512 halfFloats(const std::uint16_t* bits)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(bits)));
}

} // namespace lectern
