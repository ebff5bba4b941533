// f32: keys [headDim][64], values [64][headDim], 4 bytes a number. For measuring what the other types lose.
#include "engine/kv/kv_page_types.h"
#include "engine/kv/plain_page.h"

#include <algorithm>
#include <limits>

namespace lectern {

namespace {

struct Single {
    static float pack(float value)
    {
        constexpr float kLargest = std::numeric_limits<float>::max();
        return std::clamp(value, -kLargest, kLargest);
    }
    static float unpack(float value) { return value; }
};
using Page = PlainPage<float, Single>;

} // namespace

const KvPageType kKvPageF32{KvType::F32,      "f32",         Page::partBytes, Page::storeKey,
                            Page::storeValue, Page::loadKey, Page::loadValue};

} // namespace lectern
