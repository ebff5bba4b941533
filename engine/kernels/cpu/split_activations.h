// Activations as whole numbers of 22 bits, cut into three signed bytes, so that processors with byte dot products
// (AVX512-VNNI) multiply quantised weights exactly: what is lost is the rounding of an activation to 2^-21 of the largest of
// its 256 neighbours, less than a float sum of the row loses.
#pragma once

#include <cstdint>
#include <vector>

namespace lectern {

constexpr int kSplitBlock = 256; // activations under one scale: a K block
constexpr int kSplitSums = 8;    // sums a block, one a sub-block of 32

// x[i] ~ scales[i / 256] * (high[i] * 2^14 + middle[i] * 2^7 + low[i])
struct SplitActivations {
    std::vector<std::int8_t> high, middle, low;
    std::vector<float> scales; // one a block
    std::vector<float> sums;   // of x over each sub-block of 32

    // count: a multiple of 32. NaN and infinity in x give NaN scales.
    void assign(const float* x, int count);
};

} // namespace lectern
