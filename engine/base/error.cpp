#include "engine/base/error.h"

namespace lectern {

const char* errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Usage: return "usage";
    case ErrorCode::BadInput: return "bad_input";
    case ErrorCode::Unsupported: return "unsupported";
    case ErrorCode::TooLong: return "too_long";
    case ErrorCode::NotFound: return "not_found";
    case ErrorCode::OutOfMemory: return "out_of_memory";
    case ErrorCode::Disk: return "disk";
    case ErrorCode::Device: return "device";
    case ErrorCode::Cancelled: return "cancelled";
    case ErrorCode::Internal: return "internal";
    }
    return "internal";
}

} // namespace lectern
