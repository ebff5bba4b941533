#include "engine/quant/q4_k.h"

#include "engine/quant/k_factors.h"
#include "engine/quant/super_block.h"

namespace lectern {

void unpack(const BlockQ4_K& block, float* out)
{
    const float scale = halfToFloat(block.scale), offsetScale = halfToFloat(block.offsetScale);
    const KFactors factors = loadKFactors(block.factors);
    for (std::size_t sub = 0; sub < 8; ++sub) {
        const float d = scale * factors.scale[sub], offset = offsetScale * factors.offset[sub];
        const std::uint8_t* bytes = block.nibbles + 32 * (sub / 2);
        for (std::size_t i = 0; i < 32; ++i)
            out[32 * sub + i] = d * static_cast<float>(bytes[i] >> (sub % 2 * 4) & 15) - offset;
    }
}

void pack(const float* values, BlockQ4_K& block)
{
    const auto scales = searchAffine<8>(values, 15, 63);
    const auto levels = affineLevels(values, scales, 15);
    block.scale = scales.half;
    block.offsetScale = scales.offsetHalf;
    storeKFactors(scales.factor, scales.offsetFactor, block.factors);
    for (std::size_t i = 0; i < 128; ++i) {
        const std::size_t element = i / 32 * 64 + i % 32;
        block.nibbles[i] = static_cast<std::uint8_t>(levels[element] | levels[element + 32] << 4);
    }
}

} // namespace lectern
