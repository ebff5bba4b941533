#include "engine/quant/q8_0.h"

#include "engine/base/half.h"
#include "engine/quant/scale_search.h"

namespace lectern {

void unpack(const BlockQ8_0& block, float* out)
{
    const float scale = halfToFloat(block.scale);
    for (std::size_t i = 0; i < BlockQ8_0::kElements; ++i)
        out[i] = scale * static_cast<float>(block.quants[i]);
}

void pack(const float* values, BlockQ8_0& block)
{
    float most = 0;
    for (std::size_t i = 0; i < BlockQ8_0::kElements; ++i)
        most = std::max(most, std::fabs(values[i]));
    block.scale = reachingHalf(most / 127);
    const float scale = halfToFloat(block.scale);
    const float inverse = scale == 0 ? 0 : 1 / scale;
    for (std::size_t i = 0; i < BlockQ8_0::kElements; ++i)
        block.quants[i] = static_cast<std::int8_t>(roundedLevel(values[i] * inverse, -127, 127));
}

} // namespace lectern
