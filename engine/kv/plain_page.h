// Pages of plain numbers: keys [headDim][64], values [64][headDim].
#pragma once

#include "engine/kv/kv_page.h"

namespace lectern {

// Where element i of the token at `slot` stands.
constexpr std::ptrdiff_t plainKeyAt(int slot, int i)
{
    return std::ptrdiff_t{i} * kPageTokens + slot;
}
constexpr std::ptrdiff_t plainValueAt(int headDim, int slot, int i)
{
    return std::ptrdiff_t{slot} * headDim + i;
}

// The functions of a KvPageType for numbers of type T, by Code::pack(float) -> T and Code::unpack(T) ->
// float.
template <typename T, typename Code> struct PlainPage {
    static std::size_t partBytes(int headDim)
    {
        return sizeof(T) * kPageTokens * static_cast<std::size_t>(headDim);
    }
    static void storeKey(std::byte* keys, int headDim, int slot, const float* key)
    {
        for (int i = 0; i < headDim; ++i)
            reinterpret_cast<T*>(keys)[plainKeyAt(slot, i)] = Code::pack(key[i]);
    }
    static void storeValue(std::byte* values, int headDim, int slot, const float* value)
    {
        for (int i = 0; i < headDim; ++i)
            reinterpret_cast<T*>(values)[plainValueAt(headDim, slot, i)] = Code::pack(value[i]);
    }
    static void loadKey(const std::byte* keys, int headDim, int slot, float* key)
    {
        for (int i = 0; i < headDim; ++i)
            key[i] = Code::unpack(reinterpret_cast<const T*>(keys)[plainKeyAt(slot, i)]);
    }
    static void loadValue(const std::byte* values, int headDim, int slot, float* value)
    {
        for (int i = 0; i < headDim; ++i)
            value[i] = Code::unpack(reinterpret_cast<const T*>(values)[plainValueAt(headDim, slot, i)]);
    }
};

} // namespace lectern
