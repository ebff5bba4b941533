// What went wrong, said once, in words a person can act on.
// Everything that can fail returns Result<T> (result.h); nothing in Lectern throws across a function boundary.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace lectern {

enum class ErrorCode {
    Usage,       // the caller asked for something that does not exist
    BadInput,    // a file or value is corrupt or breaks its format
    Unsupported, // well-formed, but not something this version can do
    TooLong,     // does not fit the context or the plan
    NotFound,
    OutOfMemory, // bytesAsked / bytesFree say how much
    Disk,
    Device,
    Cancelled,
    Internal, // a broken promise of our own; please report
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message; // one sentence: what, and why
    std::string hint;    // what to do next; may be empty
    std::uint64_t bytesAsked = 0;
    std::uint64_t bytesFree = 0;
};

// The word used for `code` in JSON output, e.g. "bad_input".
const char* errorCodeName(ErrorCode code);

} // namespace lectern
