// Python's string operations on Text: origins of the characters stay with them.
#pragma once

#include "engine/text/jinja_text.h"

#include <optional>
#include <string_view>
#include <vector>

namespace lectern::jinja {

// str.isspace() of one character.
bool isSpaceCharacter(std::uint32_t codePoint);

enum class Side { Left, Right, Both };
// str.strip(): blanks, or any of `characters` where given.
Text strip(const Text& text, Side side, std::optional<std::string_view> characters = std::nullopt);

// str.split(): at runs of blanks, or at each `separator` (not empty). At most `most` cuts; negative: all.
std::vector<Text> split(const Text& text, std::optional<std::string_view> separator, std::int64_t most);
// str.rsplit() with a separator.
std::vector<Text> splitFromRight(const Text& text, std::string_view separator, std::int64_t most);
// str.splitlines().
std::vector<Text> splitLines(const Text& text, bool keepEnds = false);

// str.replace(): at most `most` times; negative: all.
Text replace(const Text& text, std::string_view from, const Text& to, std::int64_t most);

// Case by Unicode's simple mapping where the system has it, else ASCII only.
Text upper(const Text& text);
Text lower(const Text& text);
Text capitalize(const Text& text);
// Jinja's title filter: a capital after the beginning, a blank or one of -([{<.
Text title(const Text& text);

// & < > " ' as character references.
Text escapeHtml(const Text& text);

// Jinja's indent filter.
Text indent(const Text& text, const Text& indentation, bool first, bool blank);

} // namespace lectern::jinja
