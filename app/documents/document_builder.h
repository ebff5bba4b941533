// What every reader does with its document at the beginning and at the end.
#pragma once

#include "app/documents/document.h"
#include "app/documents/input_file.h"
#include "engine/base/result.h"

#include <string>

namespace lectern {

// Name, path, kind, size and date filled in; no text yet.
Document beginDocument(const InputFile& file, const std::string& path, const char* kind);

// The document, or BadInput where it has no text at all.
Result<Document> finishDocument(Document document);

} // namespace lectern
