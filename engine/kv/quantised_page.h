// What the pages of quantised types have in common. A part of a page (its keys, or its values) is
//   scales  f16 [blocks][64]   of each token and each block of 32 dimensions (the last block may be shorter)
//   levels  as the type packs them: unsigned, scale * (level - bias) is the number
// Dimensions are padded to whole vectors of 16; padding holds the level of 0.
#pragma once

#include "engine/kv/kv_page.h"

#include <algorithm>
#include <cmath>

namespace lectern {

constexpr int kKvBlock = 32; // dimensions that share a scale

constexpr int kvBlocks(int headDim)
{
    return (headDim + kKvBlock - 1) / kKvBlock;
}
constexpr int kvPaddedDim(int headDim)
{
    return (headDim + 15) / 16 * 16;
}
constexpr std::size_t kvScaleBytes(int headDim)
{
    return sizeof(std::uint16_t) * kPageTokens * static_cast<std::size_t>(kvBlocks(headDim));
}

inline const std::uint16_t* kvScales(const std::byte* part)
{
    return reinterpret_cast<const std::uint16_t*>(part);
}
inline std::uint16_t* kvScales(std::byte* part)
{
    return reinterpret_cast<std::uint16_t*>(part);
}
inline const std::uint8_t* kvLevels(const std::byte* part, int headDim)
{
    return reinterpret_cast<const std::uint8_t*>(part + kvScaleBytes(headDim));
}
inline std::uint8_t* kvLevels(std::byte* part, int headDim)
{
    return reinterpret_cast<std::uint8_t*>(part + kvScaleBytes(headDim));
}

// The number of largest magnitude of a block, with its sign; infinities count as the largest float, NaN not
// at all.
inline float extremeOf(const float* values, int count)
{
    constexpr float kLargest = 65504.0f * 127.0f; // what an f16 scale and the widest level can reach
    float highest = 0, lowest = 0;
    for (int i = 0; i < count; ++i) {
        highest = std::max(highest, values[i]);
        lowest = std::min(lowest, values[i]);
    }
    const float extreme = highest >= -lowest ? highest : lowest;
    return std::clamp(extreme, -kLargest, kLargest);
}

} // namespace lectern
