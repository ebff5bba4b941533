#include "engine/quant/q3_k.h"

#include "engine/quant/super_block.h"

namespace lectern {

namespace {
constexpr IntegerGrid kGrid{-4, 3};
constexpr IntegerGrid kFactors{-32, 31};

int factorAt(const BlockQ3_K& block, std::size_t sub)
{
    const int low = block.factors[sub % 8] >> (sub / 8 * 4) & 15;
    const int high = block.factors[8 + sub % 4] >> (sub / 4 * 2) & 3;
    return (low | high << 4) + kFactors.low;
}

void storeFactor(BlockQ3_K& block, std::size_t sub, int factor)
{
    const int bits = factor - kFactors.low;
    std::uint8_t& low = block.factors[sub % 8];
    low = static_cast<std::uint8_t>(low | (bits & 15) << (sub / 8 * 4));
    std::uint8_t& high = block.factors[8 + sub % 4];
    high = static_cast<std::uint8_t>(high | bits >> 4 << (sub / 4 * 2));
}
} // namespace

void unpack(const BlockQ3_K& block, float* out)
{
    const float scale = halfToFloat(block.scale);
    for (std::size_t i = 0; i < BlockQ3_K::kElements; ++i) {
        const int level = (block.quants[i / 128 * 32 + i % 32] >> (i / 32 % 4 * 2) & 3) |
                          (block.highBits[i % 32] >> (i / 32) & 1) << 2;
        out[i] = scale * static_cast<float>(factorAt(block, i / 16)) * static_cast<float>(level + kGrid.low);
    }
}

void pack(const float* values, BlockQ3_K& block)
{
    const auto scales = searchSymmetric<16>(values, kGrid, kFactors);
    const auto levels = symmetricLevels(values, scales, kGrid);
    block = {};
    block.scale = scales.half;
    for (std::size_t sub = 0; sub < 16; ++sub)
        storeFactor(block, sub, scales.factor[sub]);
    for (std::size_t i = 0; i < 256; ++i) {
        std::uint8_t& byte = block.quants[i / 128 * 32 + i % 32];
        byte = static_cast<std::uint8_t>(byte | (levels[i] & 3) << (i / 32 % 4 * 2));
        std::uint8_t& high = block.highBits[i % 32];
        high = static_cast<std::uint8_t>(high | levels[i] >> 2 << (i / 32));
    }
}

} // namespace lectern
