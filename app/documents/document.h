// A document as the model will read it: plain UTF-8 text plus marks that lead from any byte of that text back
// to the page, or the file and line, it came from. Plain values; any thread.
#pragma once

#include "engine/base/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lectern {

using DocumentId = StrongId<struct DocumentTag, std::int64_t>; // row in the session store; 0 = not stored yet

// Page `page` (from 1) begins at byte `offset` of the text. Sorted by offset.
struct PageMark {
    std::uint32_t page = 0;
    std::uint64_t offset = 0;
};

// The text of one file inside a folder: bytes [offset, offset + length) are the file's own lines, without the
// header line that Lectern writes above them. `firstLine` is the number of the first of these lines.
struct FileMark {
    std::string path; // relative to the dropped folder, '/' between parts
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint32_t firstLine = 1;
};

// Something that was not read, and why, in words for a person.
struct SkippedPath {
    std::string path;
    std::string reason;
};

// A heading of the document's own table of contents, e.g. a PDF's bookmarks.
struct OutlineEntry {
    std::string title;
    std::uint32_t level = 0;  // 0 = outermost
    std::uint64_t offset = 0; // byte of the text where it leads
};

struct Document {
    DocumentId id;
    std::string name; // what a person sees: the file or folder name, valid UTF-8
    std::string path; // where it was read from, as given; may hold any bytes a file system allows
    std::string kind; // name of the reader, e.g. "pdf"; see document_readers.h
    std::string
        text; // UTF-8, exactly what the model will read. Line ends are '\n'; no NUL or other C0 but \t \n
    std::vector<PageMark> pages; // empty where the format has no pages
    std::vector<FileMark> files; // empty unless a folder was read; sorted by offset
    std::vector<OutlineEntry> outline; // empty where the format has none; in reading order
    std::vector<std::string> warnings;
    std::vector<SkippedPath> skipped;
    std::uint64_t bytesOnDisk = 0;
    std::int64_t modifiedMs = 0; // of the file or folder, since 1970; 0 = unknown
};

// Where a byte of the text came from. page 0 = no pages; file empty = not inside a file of a folder.
struct Location {
    std::uint32_t page = 0;
    std::string file;
    std::uint32_t line = 0; // from 1: in the file, else on the page, else in the text
};

// `offset` past the end gives the location of the last byte. Counts line ends from the nearest mark: linear
// in the size of that page or file.
Location locate(const Document& document, std::uint64_t offset);

// "p. 12", "src/a.cc:40" or "line 7".
std::string locationLabel(const Location& location);

// Byte offset of line `line` (from 1) of file `file` ("" = the whole text); the text's size if there is none.
std::uint64_t offsetOfLine(const Document& document, const std::string& file, std::uint32_t line);

// Whether every mark lies within the text, in order: to be asked of a document that comes from outside.
bool marksFit(const Document& document);

// The line above a file's text in a packed folder, with its line end.
std::string fileHeader(const std::string& path);

// Unicode characters in valid UTF-8.
std::uint64_t characterCount(const std::string& text);

} // namespace lectern
