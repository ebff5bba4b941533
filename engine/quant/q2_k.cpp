#include "engine/quant/q2_k.h"

#include "engine/quant/super_block.h"

namespace lectern {

void unpack(const BlockQ2_K& block, float* out)
{
    const float scale = halfToFloat(block.scale), offsetScale = halfToFloat(block.offsetScale);
    for (std::size_t i = 0; i < BlockQ2_K::kElements; ++i) {
        const std::uint8_t factors = block.factors[i / 16];
        const int level = block.quants[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3;
        out[i] = scale * static_cast<float>(factors & 15) * static_cast<float>(level) -
                 offsetScale * static_cast<float>(factors >> 4);
    }
}

void pack(const float* values, BlockQ2_K& block)
{
    const auto scales = searchAffine<16>(values, 3, 15);
    const auto levels = affineLevels(values, scales, 3);
    block = {};
    block.scale = scales.half;
    block.offsetScale = scales.offsetHalf;
    for (std::size_t sub = 0; sub < 16; ++sub)
        block.factors[sub] = static_cast<std::uint8_t>(scales.factor[sub] | scales.offsetFactor[sub] << 4);
    for (std::size_t i = 0; i < 256; ++i) {
        std::uint8_t& byte = block.quants[i / 128 * 32 + i % 32];
        byte = static_cast<std::uint8_t>(byte | levels[i] << (i / 32 % 4 * 2));
    }
}

} // namespace lectern
