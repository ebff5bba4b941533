// The marks of a document as one JSON text, the way the store keeps them.
#pragma once

#include "app/documents/document.h"
#include "engine/base/result.h"

#include <string>

namespace lectern {

// Pages, files, warnings and skipped paths.
std::string marksToJson(const Document& document);
// Fills them in. BadInput where `json` is not what marksToJson() writes.
Status marksFromJson(const std::string& json, Document& document);

} // namespace lectern
