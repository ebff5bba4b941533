// Where the files that come with Lectern are: bundled models and the sample. Looked for in this order: the folder named by
// LECTERN_RESOURCES, "resources" beside the program's folder (a build), "share/lectern" there (an installation), and the
// source tree the program was built from.
#pragma once

#include "engine/base/result.h"

#include <cstdint>
#include <string>

namespace lectern {

// The path of a bundled file, e.g. "lectern-mini.gguf". NotFound names the places looked at.
Result<std::string> resourcePath(const std::string& name);

// What --model means: a path; "mini" or "" for the bundled reading model; "recall" for the exact test model.
Result<std::string> modelPath(const std::string& model);

// The sample document that a model of this context (tokens) can read: the whole annals, or their first book.
Result<std::string> samplePath(std::int64_t contextLength);

} // namespace lectern
