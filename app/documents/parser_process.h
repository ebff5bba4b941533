// Reading what strangers made in a child process of the same program, so that a file that defeats a parser ends that
// child and nothing else. Values in (path, limits), values out (progress, then the document or an error) over pipes. The
// child can write no file, open no socket and start no program, and has limits on memory, processor time and silence.
#pragma once

#include "app/documents/document_readers.h"
#include "engine/base/result.h"

#include <optional>
#include <string>

namespace lectern {

// First thing in main(): where this process was started as such a child, does its work and gives the exit code to
// return. Elsewhere notes that this program can be started so; without this call all readers run in the calling process.
std::optional<int> parserChildMain(int argc, char** argv);

// Whether readDocument() will use a child for the formats that want one.
bool parserChildAvailable();

// Reads `path` in a child. Errors: those of readDocument(); BadInput where the child died, TooLong where it met a limit.
// Cancelling kills the child: at most 50 ms. `label` is the reader's, for messages.
Result<Document> readInChild(const std::string& path, const char* label, const ReadOptions& options);

} // namespace lectern
