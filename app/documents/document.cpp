#include "app/documents/document.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace lectern {

namespace {

// The last mark that begins at or before `offset`; nullptr if all begin after it.
template <typename Mark> const Mark* lastMarkAt(const std::vector<Mark>& marks, std::uint64_t offset)
{
    const auto after = std::upper_bound(marks.begin(), marks.end(), offset,
                                        [](std::uint64_t o, const Mark& mark) { return o < mark.offset; });
    return after == marks.begin() ? nullptr : &*std::prev(after);
}

std::uint32_t lineEndsBetween(const std::string& text, std::uint64_t begin, std::uint64_t end)
{
    return static_cast<std::uint32_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
}

} // namespace

Location locate(const Document& document, std::uint64_t offset)
{
    if (document.text.empty())
        return {};
    offset = std::min<std::uint64_t>(offset, document.text.size() - 1);
    Location location;
    std::uint64_t begin = 0;
    std::uint32_t firstLine = 1;
    if (const PageMark* page = lastMarkAt(document.pages, offset)) {
        location.page = page->page;
        begin = page->offset;
    }
    const FileMark* file = lastMarkAt(document.files, offset);
    if (file && offset < file->offset + file->length) {
        location.file = file->path;
        begin = file->offset;
        firstLine = file->firstLine;
    }
    location.line = firstLine + lineEndsBetween(document.text, begin, offset);
    return location;
}

std::string locationLabel(const Location& location)
{
    if (!location.file.empty())
        return location.file + ":" + std::to_string(location.line);
    if (location.page > 0)
        return "p. " + std::to_string(location.page);
    return location.line > 0 ? "line " + std::to_string(location.line) : std::string();
}

std::uint64_t offsetOfLine(const Document& document, const std::string& file, std::uint32_t line)
{
    const std::string_view text = document.text;
    std::uint64_t at = 0;
    std::uint64_t end = text.size();
    std::uint32_t current = 1;
    if (!file.empty()) {
        const auto mark = std::find_if(document.files.begin(), document.files.end(),
                                       [&](const FileMark& candidate) { return candidate.path == file; });
        if (mark == document.files.end())
            return text.size();
        at = mark->offset;
        end = mark->offset + mark->length;
        current = mark->firstLine;
    }
    while (current < line) {
        const std::size_t lineEnd = text.find('\n', at);
        if (lineEnd == std::string_view::npos || lineEnd + 1 >= end)
            return text.size();
        at = lineEnd + 1;
        ++current;
    }
    return at;
}

bool marksFit(const Document& document)
{
    std::uint64_t last = 0;
    for (const PageMark& page : document.pages) {
        if (page.offset < last || page.offset > document.text.size())
            return false;
        last = page.offset;
    }
    last = 0;
    for (const FileMark& file : document.files) {
        if (file.offset < last || file.offset > document.text.size() ||
            file.length > document.text.size() - file.offset)
            return false;
        last = file.offset;
    }
    return true;
}

std::string fileHeader(const std::string& path)
{
    return "file: " + path + "\n";
}

std::uint64_t characterCount(const std::string& text)
{
    return static_cast<std::uint64_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace lectern
