// What a person types into the search field, as an FTS5 expression.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

enum class LastWord {
    Whole,     // as it was typed
    Beginning, // of any word, from four letters on: shorter ones begin too many words to be quick or useful
};

// Words joined by AND, "quoted words" a phrase; nothing typed has a special meaning beyond that. Empty where
// there is nothing to look for.
std::string searchExpression(std::string_view typed, LastWord lastWord);

} // namespace lectern
