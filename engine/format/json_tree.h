// Small JSON files (configurations, tokenizers) as a tree. Bounded in size and depth before the parser sees
// them, since a tree of brackets costs many times its text, and walking a deep one costs stack.
#pragma once

#include "engine/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern {

inline constexpr int kMaxJsonTreeDepth = 64;
inline constexpr std::uint64_t kMaxJsonTreeValues = 3'000'000; // the largest tokenizers hold half as many

// BadInput: broken, or deeper or larger than the limits above. Never throws. Accessors of the tree may: ask
// is_string(), value types and contains() first.
Result<nlohmann::json> parseJsonTree(std::string_view text, const std::string& label);

// As above for a file of at most `maxBytes`. NotFound / Disk where it can not be read.
Result<nlohmann::json> readJsonTree(const std::string& path, std::uint64_t maxBytes);

} // namespace lectern
