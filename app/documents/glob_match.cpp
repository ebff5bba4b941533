#include "app/documents/glob_match.h"

#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

namespace lectern {

namespace {

struct CharacterClass {
    std::string_view name;
    int (*contains)(int);
};

constexpr std::array<CharacterClass, 12> kClasses = {{{"alnum", &isalnum},
                                                      {"alpha", &isalpha},
                                                      {"blank", &isblank},
                                                      {"cntrl", &iscntrl},
                                                      {"digit", &isdigit},
                                                      {"graph", &isgraph},
                                                      {"lower", &islower},
                                                      {"print", &isprint},
                                                      {"punct", &ispunct},
                                                      {"space", &isspace},
                                                      {"upper", &isupper},
                                                      {"xdigit", &isxdigit}}};

struct SetResult {
    bool matches = false;
    std::size_t end = 0; // index after ']'; 0 = the set is not closed
};

bool classContains(std::string_view name, char c)
{
    for (const CharacterClass& known : kClasses)
        if (known.name == name)
            return known.contains(static_cast<unsigned char>(c)) != 0;
    return false;
}

// `at` is the index after '['.
SetResult matchSet(std::string_view pattern, std::size_t at, char c)
{
    const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
    at += negated ? 1 : 0;
    bool found = false;
    for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
        if (pattern.substr(at).starts_with("[:")) {
            const std::size_t close = pattern.find(":]", at + 2);
            if (close != std::string_view::npos) {
                found |= classContains(pattern.substr(at + 2, close - at - 2), c);
                at = close + 2;
                continue;
            }
        }
        if (pattern[at] == '\\' && ++at >= pattern.size())
            return {};
        const auto low = static_cast<unsigned char>(pattern[at++]);
        auto high = low;
        if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            at += pattern[at + 1] == '\\' ? 2 : 1;
            if (at >= pattern.size())
                return {};
            high = static_cast<unsigned char>(pattern[at++]);
        }
        const auto byte = static_cast<unsigned char>(c);
        found |= byte >= low && byte <= high;
    }
    if (at >= pattern.size())
        return {};
    return {found != negated && c != '/', at + 1};
}

enum class TokenKind { Literal, AnyOne, AnyRun, Set, AnyParts, Invalid };

struct Token {
    TokenKind kind;
    char literal = 0;
    std::size_t begin = 0;   // of a set, after '['
    bool slashAfter = false; // AnyParts: "**/" takes its slash along
};

// The pattern as a row of tokens, so that matching is a walk over states with no backtracking.
std::vector<Token> tokenise(std::string_view pattern)
{
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < pattern.size();) {
        const char c = pattern[i];
        if (c == '*') {
            const std::size_t begin = i;
            while (i < pattern.size() && pattern[i] == '*')
                ++i;
            const bool ownPart = i - begin >= 2 && (begin == 0 || pattern[begin - 1] == '/') &&
                                 (i == pattern.size() || pattern[i] == '/');
            if (!ownPart) {
                tokens.push_back({TokenKind::AnyRun});
            } else {
                const bool slash = i < pattern.size();
                tokens.push_back({TokenKind::AnyParts, 0, 0, slash});
                i += slash ? 1 : 0;
            }
        } else if (c == '?') {
            tokens.push_back({TokenKind::AnyOne});
            ++i;
        } else if (c == '[') {
            const SetResult set = matchSet(pattern, i + 1, 'a');
            if (set.end == 0)
                return {{TokenKind::Invalid}};
            tokens.push_back({TokenKind::Set, 0, i + 1});
            i = set.end;
        } else {
            if (c == '\\' && ++i >= pattern.size())
                return {{TokenKind::Invalid}};
            tokens.push_back({TokenKind::Literal, pattern[i++]});
        }
    }
    return tokens;
}

bool takesOne(const Token& token, std::string_view pattern, char c)
{
    switch (token.kind) {
    case TokenKind::Literal:
        return token.literal == c;
    case TokenKind::AnyOne:
    case TokenKind::AnyRun:
        return c != '/';
    case TokenKind::Set:
        return matchSet(pattern, token.begin, c).matches;
    case TokenKind::AnyParts:
        return true;
    case TokenKind::Invalid:
        return false;
    }
    return false;
}

} // namespace

bool globMatch(std::string_view pattern, std::string_view path)
{
    const std::vector<Token> tokens = tokenise(pattern);
    const std::size_t end = tokens.size();
    // state[t]: the path so far has been matched by tokens [0, t).
    std::vector<char> state(end + 1, 0);
    std::vector<char> next(end + 1, 0);
    const auto skipEmpty = [&](std::vector<char>& states, bool atPartBegin) {
        for (std::size_t t = 0; t < end; ++t) {
            const bool mayBeEmpty =
                tokens[t].kind == TokenKind::AnyRun ||
                (tokens[t].kind == TokenKind::AnyParts && tokens[t].slashAfter && atPartBegin);
            if (states[t] && mayBeEmpty)
                states[t + 1] = 1;
        }
    };
    state[0] = 1;
    skipEmpty(state, true);
    for (const char c : path) {
        next.assign(end + 1, 0);
        for (std::size_t t = 0; t < end; ++t) {
            if (!state[t] || !takesOne(tokens[t], pattern, c))
                continue;
            const bool runs = tokens[t].kind == TokenKind::AnyRun || tokens[t].kind == TokenKind::AnyParts;
            next[runs ? t : t + 1] = 1;
            // "**" at the end takes everything; "**/" is done after each slash.
            if (tokens[t].kind == TokenKind::AnyParts && (!tokens[t].slashAfter || c == '/'))
                next[t + 1] = 1;
        }
        skipEmpty(next, c == '/');
        state.swap(next);
    }
    return state[end] != 0;
}

} // namespace lectern
