#include "engine/kv/kv_page.h"

#include "engine/kv/kv_page_types.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern {

namespace {

const KvPageType* const kTypes[] = {&kKvPageF16, &kKvPageQ8_0, &kKvPageQ4_0, &kKvPageF32};

const KvPageType& rowOf(KvType type)
{
    return **std::find_if(std::begin(kTypes), std::end(kTypes) - 1,
                          [type](const KvPageType* row) { return row->type == type; });
}

template <std::size_t... kIndex> std::array<KvType, sizeof...(kIndex)> typesOf(std::index_sequence<kIndex...>)
{
    return {kTypes[kIndex]->type...};
}

} // namespace

std::span<const KvType> allKvTypes()
{
    static const auto types = typesOf(std::make_index_sequence<std::size(kTypes)>());
    return types;
}

Result<KvType> kvTypeByName(const std::string& name)
{
    std::string names;
    for (const KvPageType* row : kTypes) {
        if (name == row->name)
            return row->type;
        names += (names.empty() ? "" : ", ") + std::string(row->name);
    }
    return fail(ErrorCode::Usage, "There is no KV type called \"" + name + "\".",
                "Use one of: " + names + ".");
}

const char* kvTypeName(KvType type)
{
    return rowOf(type).name;
}

std::size_t KvPageLayout::keyBytes() const
{
    return rowOf(type).partBytes(headDim);
}

std::size_t KvPageLayout::pageBytes() const
{
    return 2 * keyBytes();
}

void KvPageLayout::store(std::byte* page, int slot, const float* key, const float* value) const
{
    const KvPageType& row = rowOf(type);
    row.storeKey(page, headDim, slot, key);
    row.storeValue(page + row.partBytes(headDim), headDim, slot, value);
}

void KvPageLayout::loadKey(const std::byte* page, int slot, float* key) const
{
    rowOf(type).loadKey(keys(page), headDim, slot, key);
}

void KvPageLayout::loadValue(const std::byte* page, int slot, float* value) const
{
    rowOf(type).loadValue(values(page), headDim, slot, value);
}

} // namespace lectern
