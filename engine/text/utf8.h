// UTF-8 at the level of bytes: where characters begin and end, also in broken text.
// Valid means RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lectern::utf8 {

struct Character {
    std::uint32_t codePoint = 0; // U+FFFD where valid is false
    std::size_t bytes = 1;       // 1 for a byte that begins no valid character
    bool valid = false;
};

// The character at the front of a text that is not empty.
Character decode(std::string_view text);

// Bytes the character beginning with `lead` asks for; 0 if no character begins so.
std::size_t expectedBytes(std::uint8_t lead);

void append(std::string& out, std::uint32_t codePoint);

// Length of the longest valid prefix, in bytes.
std::size_t validPrefix(std::string_view text);

// Number of characters; a stray byte counts as one.
std::size_t count(std::string_view text);

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

} // namespace lectern::utf8
