// The layout of one page of the KV cache: kPageTokens positions of one KV head, first all that belongs to the
// keys, then all that belongs to the values. Keys are stored after RoPE at their absolute position. Numbers
// are little-endian. What lies where is told by each type's own file (kv_page_<type>.cpp); all have in common
// that neighbouring keys stand next to each other (keys are dimension-major) and that neighbouring dimensions
// of a value do, so that the lanes of a vector are keys in q k^T and dimensions in p v.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lectern {

constexpr int kPageTokens = 64;

// The numbers are those of GGUF's tensor types of the same name; snapshots record them.
enum class KvType : std::uint8_t { F32 = 0, F16 = 1, Q4_0 = 2, Q8_0 = 8 };
// By exact name; a usage error lists what there is.
Result<KvType> kvTypeByName(const std::string& name);
const char* kvTypeName(KvType type);
std::span<const KvType> allKvTypes();

struct KvPageLayout {
    KvType type = KvType::F16;
    int headDim = 0;

    std::size_t
    keyBytes() const; // of the keys' part: the values begin after it; a multiple of 64 where headDim is even
    std::size_t pageBytes() const;
    const std::byte* keys(const std::byte* page) const { return page; }
    const std::byte* values(const std::byte* page) const { return page + keyBytes(); }
    // Stores key and value (headDim floats each) of the token at `slot` (0..63) of the page. What is beyond
    // the type's range is clamped, so that a page never holds an infinity; NaN stays NaN where the type has
    // one.
    void store(std::byte* page, int slot, const float* key, const float* value) const;
    // One key or value as the kernels read it: headDim floats.
    void loadKey(const std::byte* page, int slot, float* key) const;
    void loadValue(const std::byte* page, int slot, float* value) const;
};

// Pages that hold `tokens` tokens.
inline std::int64_t pagesFor(std::int64_t tokens)
{
    return (tokens + kPageTokens - 1) / kPageTokens;
}

} // namespace lectern
