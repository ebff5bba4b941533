// f16: keys [headDim][64], values [64][headDim], 2 bytes a number.
#include "engine/base/half.h"
#include "engine/kv/kv_page_types.h"
#include "engine/kv/plain_page.h"

#include <algorithm>

namespace lectern {

namespace {

struct Half {
    static std::uint16_t pack(float value)
    {
        constexpr float kLargest = 65504.0f;
        return floatToHalf(std::clamp(value, -kLargest, kLargest));
    }
    static float unpack(std::uint16_t bits) { return halfToFloat(bits); }
};
using Page = PlainPage<std::uint16_t, Half>;

} // namespace

const KvPageType kKvPageF16{KvType::F16,      "f16",         Page::partBytes, Page::storeKey,
                            Page::storeValue, Page::loadKey, Page::loadValue};

} // namespace lectern
