// A single pass over the tags of a page before any tree is built: tree builders are quadratic in the depth of
// nesting and in the attributes of one tag, so a page past the limits must be known without one.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace lectern {

// Done, TooLong with a sentence naming `name`, or Cancelled. Linear in `html` times the greatest depth
// allowed.
Status checkHtmlShape(std::string_view html, const std::string& name, const ReadOptions& options);

// The charset a page declares of itself in its first bytes ("" if none).
std::string declaredHtmlCharset(std::string_view head);

} // namespace lectern
