#include "engine/quant/q5_k.h"

#include "engine/quant/k_factors.h"
#include "engine/quant/super_block.h"

namespace lectern {

void unpack(const BlockQ5_K& block, float* out)
{
    const float scale = halfToFloat(block.scale), offsetScale = halfToFloat(block.offsetScale);
    const KFactors factors = loadKFactors(block.factors);
    for (std::size_t sub = 0; sub < 8; ++sub) {
        const float d = scale * factors.scale[sub], offset = offsetScale * factors.offset[sub];
        const std::uint8_t* bytes = block.nibbles + 32 * (sub / 2);
        for (std::size_t i = 0; i < 32; ++i) {
            const int level = (bytes[i] >> (sub % 2 * 4) & 15) | (block.fifthBits[i] >> sub & 1) << 4;
            out[32 * sub + i] = d * static_cast<float>(level) - offset;
        }
    }
}

void pack(const float* values, BlockQ5_K& block)
{
    const auto scales = searchAffine<8>(values, 31, 63);
    const auto levels = affineLevels(values, scales, 31);
    block = {};
    block.scale = scales.half;
    block.offsetScale = scales.offsetHalf;
    storeKFactors(scales.factor, scales.offsetFactor, block.factors);
    for (std::size_t i = 0; i < 256; ++i) {
        std::uint8_t& byte = block.nibbles[i / 64 * 32 + i % 32];
        byte = static_cast<std::uint8_t>(byte | (levels[i] & 15) << (i / 32 % 2 * 4));
        std::uint8_t& high = block.fifthBits[i % 32];
        high = static_cast<std::uint8_t>(high | levels[i] >> 4 << (i / 32));
    }
}

} // namespace lectern
