// Which encoding a text file is in, from its bytes.
#pragma once

#include "app/documents/input_file.h"
#include "engine/base/cancel.h"
#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace lectern {

// From a byte order mark or from where the zero bytes lie; `markBytes` is the length of the mark. Empty
// charset = can not tell; it may still be UTF-8 or any 8-bit encoding.
struct WideCharset {
    std::string charset;
    std::size_t markBytes = 0;
};
WideCharset wideCharset(std::string_view head);

// For text that is not UTF-8: a name for iconv, from the parts of the file beyond ASCII. Never empty. Reads
// the file from its beginning and leaves it anywhere.
Result<std::string> guessCharset(InputFile& file, const CancelToken& cancel);

} // namespace lectern
