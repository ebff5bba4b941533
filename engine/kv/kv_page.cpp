#include "engine/kv/kv_page.h"

#include "engine/base/half.h"

#include <algorithm>

namespace lectern {

namespace {

constexpr float kLargestF16 = 65504.0f;

std::uint16_t toHalf(float value) { return floatToHalf(std::clamp(value, -kLargestF16, kLargestF16)); }

} // namespace

Result<KvType> kvTypeByName(const std::string& name)
{
    if (name == "f16")
        return KvType::F16;
    return fail(ErrorCode::Usage, "There is no KV type called \"" + name + "\" in this version.", "Use f16.");
}

const char* kvTypeName(KvType) { return "f16"; }

void KvPageLayout::store(std::byte* page, int slot, const float* key, const float* value) const
{
    auto* keyBits = reinterpret_cast<std::uint16_t*>(page);
    auto* valueBits = reinterpret_cast<std::uint16_t*>(page + keyBytes()) + static_cast<std::ptrdiff_t>(slot) * headDim;
    for (int i = 0; i < headDim; ++i) {
        keyBits[i * kPageTokens + slot] = toHalf(key[i]);
        valueBits[i] = toHalf(value[i]);
    }
}

} // namespace lectern
