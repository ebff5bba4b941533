#include "engine/quant/q5_0.h"

#include "engine/quant/nibbles.h"
#include "engine/quant/small_block.h"

namespace lectern {

namespace {
constexpr IntegerGrid kGrid{-16, 15};
}

void unpack(const BlockQ5_0& block, float* out)
{
    const float scale = halfToFloat(block.scale);
    for (std::size_t i = 0; i < BlockQ5_0::kElements; ++i)
        out[i] = scale * static_cast<float>((nibbleAt(block.nibbles, i) | fifthBitAt(block.fifthBits, i)) +
                                            kGrid.low);
}

void pack(const float* values, BlockQ5_0& block)
{
    block.scale = searchSmallScale(values, kGrid);
    const auto levels = smallLevels(values, halfToFloat(block.scale), 0, kGrid);
    storeNibbles(levels.data(), block.nibbles);
    storeFifthBits(levels.data(), block.fifthBits);
}

} // namespace lectern
