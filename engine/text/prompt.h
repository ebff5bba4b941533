// A rendered prompt: text with its origin, and the tokens made of it.
// Template text is trusted, message text is not: the difference decides which tokens it can become
// (tokenizer.h).
#pragma once

#include "engine/base/result.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lectern {

// A run of prompt text from one place.
struct PromptPart {
    std::string text;
    bool trusted = true;
    int message = -1;         // index of the message whose content this is; -1: no message
    std::uint64_t offset = 0; // byte of that content where `text` begins
};

struct Prompt {
    std::vector<PromptPart> parts;
    std::string text() const; // all parts joined
};

// Which bytes of which message a token stands for: [begin, end) of the content of `message`.
struct TokenSource {
    int message = -1; // -1: template text alone
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct EncodedPrompt {
    std::vector<TokenId> ids;         // starts with BOS where the model wants one
    std::vector<TokenSource> sources; // as long as ids; begins never decrease within one message
};

// Errors: those of Tokenizer::encodeParts().
Result<EncodedPrompt> encodePrompt(const Tokenizer& tokenizer, const Prompt& prompt);

} // namespace lectern
