#include "engine/quant/q6_k.h"

#include "engine/quant/super_block.h"

namespace lectern {

namespace {
constexpr IntegerGrid kGrid{-32, 31};
}

void unpack(const BlockQ6_K& block, float* out)
{
    const float scale = halfToFloat(block.scale);
    for (std::size_t half = 0; half < 2; ++half) {
        const std::uint8_t* nibbles = block.nibbles + 64 * half;
        const std::uint8_t* high = block.highBits + 32 * half;
        for (std::size_t i = 0; i < 128; ++i) {
            const int level = (nibbles[i % 64] >> (i / 64 * 4) & 15) | (high[i % 32] >> (i / 32 * 2) & 3)
                                                                           << 4;
            const float d = scale * static_cast<float>(block.factors[8 * half + i / 16]);
            out[128 * half + i] = d * static_cast<float>(level + kGrid.low);
        }
    }
}

void pack(const float* values, BlockQ6_K& block)
{
    const auto scales = searchSymmetric<16>(values, kGrid, {-128, 127});
    const auto levels = symmetricLevels(values, scales, kGrid);
    block = {};
    block.scale = scales.half;
    for (std::size_t sub = 0; sub < 16; ++sub)
        block.factors[sub] = static_cast<std::int8_t>(scales.factor[sub]);
    for (std::size_t i = 0; i < 256; ++i) {
        std::uint8_t& byte = block.nibbles[i / 128 * 64 + i % 64];
        byte = static_cast<std::uint8_t>(byte | (levels[i] & 15) << (i / 64 % 2 * 4));
        std::uint8_t& high = block.highBits[i / 128 * 32 + i % 32];
        high = static_cast<std::uint8_t>(high | levels[i] >> 4 << (i / 32 % 4 * 2));
    }
}

} // namespace lectern
