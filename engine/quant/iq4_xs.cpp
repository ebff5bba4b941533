#include "engine/quant/iq4_xs.h"

#include "engine/quant/iq4_values.h"
#include "engine/quant/nibbles.h"
#include "engine/quant/super_block.h"

namespace lectern {

namespace {
constexpr std::size_t kSubBlocks = 8;
constexpr IntegerGrid kFactors{-32, 31};

int factorAt(const BlockIQ4_XS& block, std::size_t sub)
{
    const int low = block.factorsLow[sub / 2] >> (sub % 2 * 4) & 15;
    return (low | (block.factorsHigh >> (2 * sub) & 3) << 4) + kFactors.low;
}

void storeFactor(BlockIQ4_XS& block, std::size_t sub, int factor)
{
    const int bits = factor - kFactors.low;
    block.factorsLow[sub / 2] =
        static_cast<std::uint8_t>(block.factorsLow[sub / 2] | (bits & 15) << (sub % 2 * 4));
    block.factorsHigh = static_cast<std::uint16_t>(block.factorsHigh | (bits >> 4) << (2 * sub));
}
} // namespace

void unpack(const BlockIQ4_XS& block, float* out)
{
    for (std::size_t sub = 0; sub < kSubBlocks; ++sub) {
        const float scale = halfToFloat(block.scale) * static_cast<float>(factorAt(block, sub));
        for (std::size_t i = 0; i < 32; ++i)
            out[32 * sub + i] =
                scale * static_cast<float>(
                            kIq4Values[static_cast<std::size_t>(nibbleAt(block.nibbles + 16 * sub, i))]);
    }
}

void pack(const float* values, BlockIQ4_XS& block)
{
    const auto scales = searchSymmetric<kSubBlocks>(values, Iq4Grid{}, kFactors);
    block = {};
    block.scale = scales.half;
    for (std::size_t sub = 0; sub < kSubBlocks; ++sub) {
        storeFactor(block, sub, scales.factor[sub]);
        const float scale = scales.scale(sub);
        const float inverse = scale == 0 ? 0 : 1 / scale;
        std::array<std::uint8_t, 32> levels;
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = iq4Level(values[32 * sub + i] * inverse);
        storeNibbles(levels.data(), block.nibbles + 16 * sub);
    }
}

} // namespace lectern
