// One LoRA adapter that a model is opened with.
#pragma once

#include "engine/base/result.h"

#include <string>

namespace lectern {

struct AdapterChoice {
    std::string path; // a GGUF adapter, a PEFT folder, or a file in one
    double scale = 1; // times the strength the adapter names itself

    bool operator==(const AdapterChoice&) const = default;
};

// "PATH" or "PATH:SCALE". Usage: a scale that is no number.
Result<AdapterChoice> parseAdapterChoice(const std::string& text);

} // namespace lectern
