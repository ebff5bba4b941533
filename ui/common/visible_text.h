// Text from documents, answers and file names as it may be shown: characters that change what is seen without being
// seen (bidirectional controls, zero-width, tag characters, C0 and C1 controls) become visible escapes such as
// <U+202E> in angle quotes. Newline and tab stay. The stored text is never changed.
#pragma once

#include <QString>

#include <cstdint>

namespace lectern {

// True for a code point that must be escaped.
bool isHiddenCharacter(char32_t codePoint);
// What stands for it, e.g. "‹U+202E›".
QString hiddenCharacterEscape(char32_t codePoint);

struct VisibleText {
    QString text;
    int escaped = 0; // how many characters were replaced
};
VisibleText makeVisible(const QString& text);

// For names shown on one line: escapes, and newlines and tabs become spaces.
QString visibleLine(const QString& text);
QString visibleLine(const std::string& utf8);

} // namespace lectern
