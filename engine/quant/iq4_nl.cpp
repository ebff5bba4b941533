#include "engine/quant/iq4_nl.h"

#include "engine/quant/iq4_values.h"
#include "engine/quant/nibbles.h"
#include "engine/quant/small_block.h"

namespace lectern {

void unpack(const BlockIQ4_NL& block, float* out)
{
    const float scale = halfToFloat(block.scale);
    for (std::size_t i = 0; i < BlockIQ4_NL::kElements; ++i)
        out[i] = scale * static_cast<float>(kIq4Values[static_cast<std::size_t>(nibbleAt(block.nibbles, i))]);
}

void pack(const float* values, BlockIQ4_NL& block)
{
    block.scale = searchSmallScale(values, Iq4Grid{});
    const float scale = halfToFloat(block.scale);
    const float inverse = scale == 0 ? 0 : 1 / scale;
    std::array<std::uint8_t, BlockIQ4_NL::kElements> levels;
    for (std::size_t i = 0; i < levels.size(); ++i)
        levels[i] = iq4Level(values[i] * inverse);
    storeNibbles(levels.data(), block.nibbles);
}

} // namespace lectern
