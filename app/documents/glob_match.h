// Matching of .gitignore patterns against paths, by the rules of gitignore(5).
#pragma once

#include <string_view>

namespace lectern {

// `pattern` and `path` with '/' between parts and none at the ends. '*' and '?' stay inside a part, "**" as a
// whole part spans any number of parts, [...] is a set, '\' takes the next character as it stands. Time is
// bounded by the product of the lengths.
bool globMatch(std::string_view pattern, std::string_view path);

} // namespace lectern
