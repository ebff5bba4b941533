// Writes the recall model as a GGUF file: weights by construction (recall_layout.h), tokenizer borrowed from
// another model file with the same vocabulary.
#pragma once

#include "engine/base/result.h"

#include <string>

namespace lectern {

// Reads every tokenizer.ggml.* key of the model at `tokenizerFrom` and writes the recall model (F16, about 45
// MB) to `path`, replaced only when complete. BadInput where that model's vocabulary is not the one the
// weights fit.
Status writeRecallModel(const std::string& tokenizerFrom, const std::string& path);

} // namespace lectern
