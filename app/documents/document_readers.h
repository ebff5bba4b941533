// From a dropped path to a Document. One reader per format; the list in document_readers.cpp is the only
// place that names them all. Readers run on the calling thread, keep no state between calls, write nothing
// and open nothing but the given path (for a folder: what lies below it, and the ignore files that govern
// it).
#pragma once

#include "app/documents/document.h"
#include "engine/base/cancel.h"
#include "engine/base/result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

// What one document may cost. Past a limit the document is refused in one sentence, never cut silently.
struct ReadLimits {
    std::uint64_t maxFileBytes = std::uint64_t(2) << 30;   // one file on disk
    std::uint64_t maxTextBytes = std::uint64_t(512) << 20; // the text of one document
    std::uint64_t maxHtmlBytes = std::uint64_t(64) << 20;
    std::uint32_t maxHtmlDepth = 512;       // nested elements
    std::uint32_t maxHtmlAttributes = 1000; // of one element
    std::uint64_t maxMailBytes = std::uint64_t(64) << 20;
    std::uint32_t maxPages = 100000;
    std::uint64_t maxArchiveEntryBytes = std::uint64_t(256) << 20; // one unpacked part of docx, odt, epub
    std::uint64_t maxArchiveBytes = std::uint64_t(1) << 30;        // all unpacked parts together
    std::uint32_t maxArchiveEntries = 10000;
    std::uint32_t maxArchiveRatio = 100; // unpacked : packed, looked at after the first MiB
    // Readers that run in a child process, see parser_process.h.
    std::uint64_t maxParserMemoryBytes = std::uint64_t(3) << 30; // address space
    std::uint32_t maxParserCpuSeconds = 1800;
    std::uint32_t maxParserSilenceMs = 60'000; // without a sign of progress
    // Folders: files past these are skipped and listed in Document::skipped.
    std::uint64_t maxFolderFileBytes = std::uint64_t(2) << 20;
    std::uint32_t maxFolderFiles = 200000;
    std::uint32_t maxFolderDepth = 64;
};

struct FolderOptions {
    std::vector<std::string> include; // .gitignore-style globs; when not empty only these files are read
    std::vector<std::string> exclude; // .gitignore-style globs; win over include
    std::vector<std::string> leaveOut; // exactly these files, '/' between parts: what a person has unchecked
    bool useIgnoreFiles = true; // .gitignore and .ignore at every level, .git/info/exclude, the user's own
    bool useDefaultExcludes = true; // lock files, binaries, generated and minified files, likely secrets
    bool keepSecrets = false;       // also read files whose name or text looks like a secret
    bool submodules = true;         // also read repositories inside the repository
    bool changedLast = true; // files that history changed most stand last, so that the next change leaves most of the
                             // text before it as it was; else in the tree's order
    bool lineNumbers = false; // each line of a file begins with its number
};

struct ReadProgress {
    std::uint64_t doneBytes = 0;
    std::uint64_t totalBytes = 0; // 0 = not known yet
    std::uint32_t page = 0;       // page, or file of a folder, now being read; 0 = none
    std::uint32_t pageCount = 0;
    std::string item; // the file of a folder now being read
};

struct ReadOptions {
    ReadLimits limits;
    FolderOptions folder;
    CancelToken cancel;                                // looked at often enough to stop within 200 ms
    std::function<void(const ReadProgress&)> progress; // called on the reading thread; may be empty
};

// Where a reader runs when a program allows child processes (parser_process.h): the parsers of rich formats, which are
// large and meet hostile input, in a child.
enum class ParseIn { ThisProcess, Child };

struct DocumentReader {
    const char* kind;                             // Document::kind
    const char* label;                            // for people: "PDF document"
    std::span<const std::string_view> extensions; // lower case, without the dot; may be empty
    ParseIn parseIn;
    bool textual; // text in a text editor: its extension outweighs how its first bytes look
    // Whether the first bytes of a file look like this format. nullptr = decided by extension alone.
    bool (*looksLike)(std::string_view head);
    Result<Document> (*read)(const std::string& path, const ReadOptions& options);
};

// All readers, in the order they are asked.
std::span<const DocumentReader> documentReaders();

// The reader for `path`: by content where the first bytes tell, then by extension, then plain text for
// anything that is not binary. nullptr = nothing here reads it (binary, special file, missing).
const DocumentReader* readerFor(const std::string& path);
bool canRead(const std::string& path);

// Reads `path` completely. NotFound, BadInput (corrupt, binary, empty, special file), Unsupported (no reader,
// locked with a password, scanned pictures), TooLong (past a limit), Cancelled, Disk. A reader that fails altogether is
// an error about this document.
Result<Document> readDocument(const std::string& path, const ReadOptions& options = {});

} // namespace lectern
