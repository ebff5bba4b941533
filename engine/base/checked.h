// Size arithmetic that cannot wrap. Every size that comes from a file goes through these.
#pragma once

#include <cstdint>
#include <optional>

namespace lectern {

inline std::optional<std::uint64_t> checkedAdd(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t out = 0;
    if (__builtin_add_overflow(a, b, &out))
        return std::nullopt;
    return out;
}

inline std::optional<std::uint64_t> checkedMul(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t out = 0;
    if (__builtin_mul_overflow(a, b, &out))
        return std::nullopt;
    return out;
}

// Rounds up to a multiple of `alignment` (> 0).
inline std::optional<std::uint64_t> checkedRoundUp(std::uint64_t value, std::uint64_t alignment)
{
    const std::uint64_t rest = value % alignment;
    return rest == 0 ? std::optional(value) : checkedAdd(value, alignment - rest);
}

} // namespace lectern
