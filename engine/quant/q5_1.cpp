#include "engine/quant/q5_1.h"

#include "engine/quant/nibbles.h"
#include "engine/quant/small_block.h"

namespace lectern {

namespace {
constexpr int kHighest = 31;
}

void unpack(const BlockQ5_1& block, float* out)
{
    const float scale = halfToFloat(block.scale), offset = halfToFloat(block.offset);
    for (std::size_t i = 0; i < BlockQ5_1::kElements; ++i)
        out[i] =
            scale * static_cast<float>(nibbleAt(block.nibbles, i) | fifthBitAt(block.fifthBits, i)) + offset;
}

void pack(const float* values, BlockQ5_1& block)
{
    const SmallAffine halves = searchSmallAffine(values, kHighest);
    block.scale = halves.scale;
    block.offset = halves.offset;
    const auto levels =
        smallLevels(values, halfToFloat(halves.scale), halfToFloat(halves.offset), {0, kHighest});
    storeNibbles(levels.data(), block.nibbles);
    storeFifthBits(levels.data(), block.fifthBits);
}

} // namespace lectern
