// Lays out text as a page shows it: white space collapsed, blocks parted by line ends. Shared by every format
// that has paragraphs, lists and tables.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

class LayoutWriter {
public:
    // At least `lines` line ends before the next text (2 = a blank line).
    void breakLines(int lines);
    // Text in which runs of white space are one space.
    void writeFlowing(std::string_view text);
    // Text as it stands, but for control characters.
    void writeVerbatim(std::string_view text);
    // A sign of our own, such as "- "; takes no space before it.
    void writeMark(std::string_view mark);
    std::string take();

private:
    void flushBreaks();

    std::string m_out;
    int m_breaks = 0;
    bool m_space = false;
    bool m_atLineBegin = true;
};

} // namespace lectern
