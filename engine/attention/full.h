// Full causal attention: every key at or before the query.
#pragma once

#include "engine/attention/key_span.h"

#include <string>

namespace lectern {

struct FullPattern {
    static constexpr const char* kKind = "full";

    std::int64_t windowBegin(std::int64_t) const { return 0; }
    KeyRun nextKept(std::int64_t) const { return {0, kNoPosition}; }
    std::string describe() const { return "all keys"; }
    bool operator==(const FullPattern&) const = default;
};

} // namespace lectern
