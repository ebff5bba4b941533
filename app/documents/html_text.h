// The text of a web page with the shape a reader sees: paragraphs, headings, lists, table rows, preformatted
// text.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <string>
#include <string_view>

namespace lectern {

// `html` is valid UTF-8. Scripts, styles and templates are left out; headings begin with '#', list items with
// '-' or a number, table cells are parted by " | ". TooLong, OutOfMemory or Cancelled, naming `name`.
Result<std::string> htmlToText(std::string_view html, const std::string& name, const ReadOptions& options);

} // namespace lectern
