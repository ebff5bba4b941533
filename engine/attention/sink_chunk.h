// The streaming heads of DuoAttention as its authors read a prompt (arXiv 2410.10819, duo-attention issue
// #3): chunk by chunk. In the first chunk of a text every query sees all keys before it; in later ones it
// sees the first `sink` keys, the last `recent` before its chunk, and its chunk up to itself. An answer's
// token is a chunk of its own. Where chunks begin is part of the text's history: what follows an answer
// starts a new row of chunks.
#pragma once

#include "engine/attention/key_span.h"

#include <algorithm>
#include <string>

namespace lectern {

struct SinkChunkPattern {
    static constexpr const char* kKind = "sink+chunk";

    std::int64_t sink = 64;     // tokens, from position 0
    std::int64_t recent = 256;  // tokens before a chunk
    std::int64_t chunk = 32000; // tokens
    // The stretch being read, [readBegin, readEnd): chunks count from its begin. From its end on tokens come
    // singly.
    std::int64_t readBegin = 0;
    std::int64_t readEnd = kNoPosition;

    std::int64_t windowBegin(std::int64_t query) const
    {
        std::int64_t begin = query;
        if (query >= readBegin && query < readEnd)
            begin -= (query - readBegin) % chunk;
        return begin == 0 ? 0 : std::max<std::int64_t>(0, begin - recent);
    }
    KeyRun nextKept(std::int64_t from) const { return from < sink ? KeyRun{0, sink} : KeyRun{}; }
    std::string describe() const
    {
        return "first " + std::to_string(sink) + " + last " + std::to_string(recent) +
               " before each chunk of " + std::to_string(chunk) + " tokens";
    }
    bool operator==(const SinkChunkPattern&) const = default;
};

} // namespace lectern
