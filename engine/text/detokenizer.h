// Tokens to text as they arrive: hands out whole characters only, always valid UTF-8.
// One per answer; used by one thread. Keeps a pointer to the tokenizer, which must outlive it.
#pragma once

#include "engine/base/ids.h"
#include "engine/text/tokenizer.h"

#include <string>

namespace lectern {

enum class TextStart {
    New,          // the text begins here (an answer): SentencePiece's dummy space is dropped
    Continuation, // the text goes on from a prompt: every byte counts
};

class Detokenizer {
public:
    explicit Detokenizer(const Tokenizer& tokenizer, TextStart start = TextStart::New);

    // The characters completed by `id`; often empty in the middle of one. Special tokens give nothing.
    // A byte that can not be part of a character becomes U+FFFD.
    std::string push(TokenId id);
    // What is left at the end: an unfinished character as U+FFFD, else nothing. Resets.
    std::string flush();

private:
    const Tokenizer* m_tokenizer;
    TextStart m_start;
    bool m_dropSpace;
    std::string m_pending; // an unfinished character, at most 3 bytes
};

} // namespace lectern
