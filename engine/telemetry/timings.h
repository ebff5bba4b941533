// Wall-clock times of one request, in milliseconds, and the tokens they cover.
#pragma once

#include <cstdint>

namespace lectern {

struct StepTimings {
    double tokenizeMs = 0;
    double prefillMs = 0;
    double firstTokenMs = 0; // from the request to the first answer token
    double decodeMs = 0;
    std::int64_t promptTokens = 0;
    std::int64_t reusedTokens = 0; // of promptTokens, already in the KV cache
    std::int64_t answerTokens = 0;
    double prefillTokensPerSecond() const
    {
        return prefillMs > 0 ? 1000.0 * double(promptTokens - reusedTokens) / prefillMs : 0.0;
    }
    // The first token comes out of prefill: decodeMs covers the answerTokens - 1 that follow.
    double decodeTokensPerSecond() const
    {
        return decodeMs > 0 && answerTokens > 1 ? 1000.0 * double(answerTokens - 1) / decodeMs : 0.0;
    }
};

// Sent at every prefill chunk.
struct PrefillProgress {
    std::int64_t doneTokens = 0; // reused ones included
    std::int64_t totalTokens = 0;
    std::int64_t reusedTokens = 0;
    double elapsedMs = 0;
};

} // namespace lectern
