// Strong index types: a layer can not be passed where a head is meant.
#pragma once

#include <compare>
#include <cstdint>

namespace lectern {

template <typename Tag, typename T> struct StrongId {
    T value{};
    constexpr StrongId() = default;
    constexpr explicit StrongId(T v) : value(v) {}
    constexpr auto operator<=>(const StrongId&) const = default;
};

using LayerId = StrongId<struct LayerTag, std::int32_t>;
using HeadId = StrongId<struct HeadTag, std::int32_t>; // query head
using TokenPos = StrongId<struct TokenPosTag, std::int64_t>;

// A vocabulary index. A plain integer: it is data in files and arrays, not an index into our own structures.
using TokenId = std::int32_t;

} // namespace lectern
