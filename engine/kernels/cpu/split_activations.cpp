#include "engine/kernels/cpu/split_activations.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lectern {

namespace {

constexpr float kLargest = 2097151.0f; // 2^21 - 1
constexpr float kRound = 0x1.8p23f;    // sums near 1.5 * 2^23 have a last bit of 1

} // namespace

void SplitActivations::assign(const float* x, int count)
{
    const auto size = static_cast<std::size_t>(count);
    for (auto* bytes : {&high, &middle, &low})
        bytes->resize(size);
    constexpr std::size_t kSub = kSplitBlock / kSplitSums;
    scales.resize((size + kSplitBlock - 1) / kSplitBlock);
    sums.resize(size / kSub);
    for (std::size_t block = 0; block < scales.size(); ++block) {
        const float* from = x + block * kSplitBlock;
        const std::size_t length = std::min<std::size_t>(kSplitBlock, size - block * kSplitBlock); // the last may be shorter
        float largest = 0;
        bool finite = true;
        for (std::size_t i = 0; i < length; ++i) {
            finite &= std::fabs(from[i]) <= std::numeric_limits<float>::max();
            largest = std::max(largest, std::fabs(from[i]));
        }
        for (std::size_t sub = 0; sub < length / kSub; ++sub) {
            float sum = 0;
            for (std::size_t i = 0; i < kSub; ++i)
                sum += from[sub * kSub + i];
            sums[block * kSplitSums + sub] = sum;
        }
        // A block so small that its scale would be subnormal counts as zero; beside any other it is. What is not finite
        // must show in the result, as it does in float arithmetic.
        const bool usable = finite && largest >= 1e-30f;
        scales[block] = !finite ? std::numeric_limits<float>::quiet_NaN() : usable ? largest / kLargest : 0.0f;
        const float inverse = usable ? kLargest / largest : 0.0f;
        const std::size_t at = block * kSplitBlock;
        for (std::size_t i = 0; i < length; ++i) {
            const auto level = usable ? static_cast<std::int32_t>(from[i] * inverse + kRound - kRound) : 0;
            high[at + i] = static_cast<std::int8_t>(level >> 14);
            middle[at + i] = static_cast<std::int8_t>(level >> 7 & 127);
            low[at + i] = static_cast<std::int8_t>(level & 127);
        }
    }
}

} // namespace lectern
