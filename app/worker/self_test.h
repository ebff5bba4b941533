// Is this program right on this machine? A few quick checks of the engine against itself, for the diagnostics
// page. Takes a second or two; any thread.
#pragma once

#include "engine/base/cancel.h"

#include <string>
#include <utility>
#include <vector>

namespace lectern {

struct SelfCheck {
    std::string name;
    bool passed = false;
    std::string detail; // what was measured, or what went wrong
};

std::vector<SelfCheck> runSelfTest(const CancelToken& cancel);

// What this program runs on, as lines of (name, value): processor, memory, GPU driver.
std::vector<std::pair<std::string, std::string>> systemFacts();

} // namespace lectern
