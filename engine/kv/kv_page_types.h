// The list of KV types. To add one: its layout in a file of its own, and a row in the table of kv_page.cpp.
#pragma once

#include "engine/kv/kv_page.h"

namespace lectern {

// How a type stores a page's 64 keys and 64 values; both parts have `partBytes(headDim)` bytes.
struct KvPageType {
    KvType type;
    const char* name;
    std::size_t (*partBytes)(int headDim);
    void (*storeKey)(std::byte* keys, int headDim, int slot, const float* key);
    void (*storeValue)(std::byte* values, int headDim, int slot, const float* value);
    void (*loadKey)(const std::byte* keys, int headDim, int slot, float* key);
    void (*loadValue)(const std::byte* values, int headDim, int slot, float* value);
};

extern const KvPageType kKvPageF32, kKvPageF16, kKvPageQ8_0, kKvPageQ4_0;

} // namespace lectern
