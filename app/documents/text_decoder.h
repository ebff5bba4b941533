// Reads a whole file as text in whatever encoding it has.
#pragma once

#include "app/documents/document.h"
#include "app/documents/document_readers.h"
#include "app/documents/input_file.h"
#include "app/documents/text_cleaner.h"

#include <string>
#include <string_view>

namespace lectern {

struct DecodedText {
    std::string text;
    std::string charset; // as found: "UTF-8", "UTF-16LE", "WINDOWS-1252" ...
    TextCounts counts;
};

struct DecodeLimits {
    std::uint64_t maxFileBytes = 0;
    std::uint64_t maxTextBytes = 0;
};

// Order: byte order mark; the look of UTF-16 / UTF-32 without one; UTF-8 if it holds; `declared` (what the
// file says of itself, may be empty); a guess from the letters; Windows-1252. Memory: the text and 256 KiB.
// BadInput for binary data, TooLong past a limit, Cancelled, Disk.
Result<DecodedText> decodeFile(InputFile& file, const DecodeLimits& limits, const ReadOptions& options,
                               std::string_view declared = {});

// Whether the first bytes of a file are no text in any encoding.
bool looksBinary(std::string_view head);

// One sentence for each thing in `decoded` that a person should know about `name`.
std::vector<std::string> decodingWarnings(const std::string& name, const DecodedText& decoded);

} // namespace lectern
