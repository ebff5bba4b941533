// Result<T>: a value or an Error. Status: done or an Error.
#pragma once

#include "engine/base/error.h"

#include <tl/expected.hpp>

namespace lectern {

template <typename T> using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {})
{
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), 0, 0});
}

// Hands an error on to the caller: `if (!x) return failed(x);`
template <typename T> tl::unexpected<Error> failed(const Result<T>& result)
{
    return tl::unexpected<Error>(result.error());
}

} // namespace lectern
