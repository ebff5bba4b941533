#include "app/session/search_words.h"

#include <algorithm>

namespace lectern {

namespace {

constexpr std::size_t kMinBeginning = 4; // bytes

bool hasWord(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
               (byte >= 'A' && byte <= 'Z');
    });
}

} // namespace

std::string searchExpression(std::string_view typed, LastWord lastWord)
{
    constexpr std::string_view kBlanks(" \t\r\n\0", 5);
    std::string expression;
    bool lastIsOpen = false;
    while (true) {
        const std::size_t begin = typed.find_first_not_of(kBlanks);
        if (begin == std::string_view::npos)
            break;
        typed.remove_prefix(begin);
        const bool quoted = typed[0] == '"';
        typed.remove_prefix(quoted ? 1 : 0);
        const std::size_t end =
            quoted ? typed.find('"') : std::min(typed.find_first_of(kBlanks), typed.find('"'));
        std::string part(typed.substr(0, end));
        typed.remove_prefix(end == std::string_view::npos ? typed.size() : end + (quoted ? 1 : 0));
        std::erase(part, '\0');
        if (!hasWord(part))
            continue;
        expression += expression.empty() ? "\"" : " AND \"";
        expression += part + "\"";
        lastIsOpen = !quoted && part.size() >= kMinBeginning && lastWord == LastWord::Beginning;
    }
    return lastIsOpen ? expression + " *" : expression;
}

} // namespace lectern
