// The layout of one page of the KV cache: kPageTokens positions of one KV head, keys and values together.
//   keys   [headDim][kPageTokens]  dimension-major, so that a kernel's vector lanes are neighbouring keys
//   values [kPageTokens][headDim]
// Keys are stored after RoPE at their absolute position.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace lectern {

constexpr int kPageTokens = 64;

enum class KvType { F16 };
Result<KvType> kvTypeByName(const std::string& name);
const char* kvTypeName(KvType type);

struct KvPageLayout {
    KvType type = KvType::F16;
    int headDim = 0;

    std::size_t keyBytes() const { return std::size_t{2} * kPageTokens * static_cast<std::size_t>(headDim); }
    std::size_t pageBytes() const { return 2 * keyBytes(); }
    const std::uint16_t* keys(const std::byte* page) const { return reinterpret_cast<const std::uint16_t*>(page); }
    const std::uint16_t* values(const std::byte* page) const
    {
        return reinterpret_cast<const std::uint16_t*>(page + keyBytes());
    }
    // Stores key and value (headDim floats each) of the token at `slot` (0..63) of the page. Values beyond the range of
    // f16 are clamped, so that a page never holds an infinity.
    void store(std::byte* page, int slot, const float* key, const float* value) const;
};

// Pages that hold `tokens` tokens.
inline std::int64_t pagesFor(std::int64_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

} // namespace lectern
