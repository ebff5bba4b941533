// SentencePiece writes a space as U+2581 inside its pieces. Lectern turns the pieces round once instead of
// the text every time: texts keep their bytes and their offsets.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

inline std::string withPlainSpaces(std::string_view piece)
{
    std::string out;
    for (std::size_t at = 0; at < piece.size();) {
        const bool mark = piece.substr(at, kSpaceMark.size()) == kSpaceMark;
        out += mark ? ' ' : piece[at];
        at += mark ? kSpaceMark.size() : 1;
    }
    return out;
}

} // namespace lectern
