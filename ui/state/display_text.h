// A document's text as the reader shows it, and the way back: hidden characters become visible escapes and very long
// lines are folded, so offsets on screen differ from bytes of the stored text. No window needed.
#pragma once

#include "ui/state/library.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace lectern {

// A line on screen longer than this is folded (Qt lays out whole lines: a 100 MB line would freeze the window).
constexpr int kFoldUnits = 2000;

// Where a line on screen came from.
struct LinePlace {
    int page = 0;  // 0: the format has no pages
    int file = -1; // index into DocumentText::files; -1: none
    int line = 0;  // from 1: in the file, else on the page, else in the text
};

class DisplayText {
public:
    DisplayText() = default;
    explicit DisplayText(DocumentText document);

    const DocumentText& document() const { return m_document; }
    const QString& text() const { return m_text; }
    int lineCount() const { return int(m_lines.size()); }
    int escapedCharacters() const { return m_escaped; }

    // UTF-16 position in text() of a byte of the stored text; past the end gives the end.
    int positionOfByte(std::uint64_t byte) const;
    std::uint64_t byteOfPosition(int position) const;
    int lineOfPosition(int position) const;
    std::uint64_t byteOfLine(int line) const;
    bool isContinuation(int line) const; // of a folded line
    LinePlace place(int line) const;

private:
    struct Line {
        std::uint64_t byte = 0; // where it begins in the stored text
        int position = 0;       // where it begins in text()
        bool continuation = false;
        int number = 0; // source lines before it in the whole text
    };
    // One character of the stored text at `byte`: its length in bytes, and what it shows.
    struct Step {
        int bytes = 1;
        char32_t point = 0;
        bool hidden = false;
    };
    Step stepAt(std::uint64_t byte) const;
    static int unitsOf(const Step& step);
    void build();
    int sourceLineOfByte(std::uint64_t byte) const;

    DocumentText m_document;
    QString m_text;
    std::vector<Line> m_lines;
    int m_escaped = 0;
};

} // namespace lectern
