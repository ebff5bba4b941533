// The answer, token by token.
#pragma once

#include "engine/run/answer_rules.h"
#include "engine/run/engine_session.h"
#include "engine/run/sampler.h"
#include "engine/run/stop_reason.h"

namespace lectern {

struct GenerateSettings {
    SamplerSettings sampler;
    int maxTokens = 256;
    AnswerRules rules; // for an answer from its first token on; spans only where it is chosen greedily
    bool stopAtSentence = false; // also stop after a sentence's end (. ! ? before a space, or a line end)
};

struct Generation {
    std::vector<TokenId> ids; // the end token is not among them
    std::string text;
    StopReason stop = StopReason::EndOfAnswer;
};

// Called for each token, with the text it completed (often part of a word, sometimes nothing).
using OnToken = std::function<void(TokenId token, const std::string& text)>;

// Goes on from a session that has just read a prompt. Cancelled is a stop reason here, not an error: what was written
// stays. The session then holds prompt and answer.
Result<Generation> generate(EngineSession& session, const Tokenizer& tokenizer, const GenerateSettings& settings,
                            const OnToken& onToken, const CancelToken& cancel);

} // namespace lectern
