// Attention sinks and a window: the first `sink` keys and the most recent blocks.
// LongGen's AttnSink layers (arXiv 2410.01485) keep the first block and the 32 most recent blocks of 64, the query's own
// block included; StreamingLLM's (arXiv 2309.17453) window is counted in tokens, which is block = 1 here.
#pragma once

#include "engine/attention/key_span.h"

#include <algorithm>
#include <string>

namespace lectern {

struct SinkWindowPattern {
    static constexpr const char* kKind = "sink+window";

    std::int64_t sink = 64;         // tokens, from position 0
    std::int64_t block = 64;        // tokens
    std::int64_t windowBlocks = 32; // blocks, the query's own included; >= 1

    std::int64_t windowBegin(std::int64_t query) const
    {
        return std::max<std::int64_t>(0, (query / block - windowBlocks + 1) * block);
    }
    KeyRun nextKept(std::int64_t from) const { return from < sink ? KeyRun{0, sink} : KeyRun{}; }
    std::string describe() const
    {
        const std::string window = std::to_string(block * windowBlocks);
        return "first " + std::to_string(sink) + " + last " + window + " tokens" +
               (block > 1 ? " in blocks of " + std::to_string(block) : "");
    }
    bool operator==(const SinkWindowPattern&) const = default;
};

} // namespace lectern
