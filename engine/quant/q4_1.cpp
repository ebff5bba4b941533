#include "engine/quant/q4_1.h"

#include "engine/quant/nibbles.h"
#include "engine/quant/small_block.h"

namespace lectern {

namespace {
constexpr int kHighest = 15;
}

void unpack(const BlockQ4_1& block, float* out)
{
    const float scale = halfToFloat(block.scale), offset = halfToFloat(block.offset);
    for (std::size_t i = 0; i < BlockQ4_1::kElements; ++i)
        out[i] = scale * static_cast<float>(nibbleAt(block.nibbles, i)) + offset;
}

void pack(const float* values, BlockQ4_1& block)
{
    const SmallAffine halves = searchSmallAffine(values, kHighest);
    block.scale = halves.scale;
    block.offset = halves.offset;
    const auto levels =
        smallLevels(values, halfToFloat(halves.scale), halfToFloat(halves.offset), {0, kHighest});
    storeNibbles(levels.data(), block.nibbles);
}

} // namespace lectern
