// What a person types into the search field, as an FTS5 expression.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// Words joined by AND, "quoted words" a phrase, the last word a prefix; nothing typed has a special meaning
// beyond that. Empty where there is nothing to look for.
std::string searchExpression(std::string_view typed);

} // namespace lectern
