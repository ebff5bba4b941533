// Keeps a greedy answer to the words of the text that was read: a token may only go on with a span of it.
// Small models otherwise make names up, or repeat a word without end. As in constrained decoding over a
// corpus (GENRE, arXiv 2010.00904), with the prompt as the corpus. Letters of either case and all white space
// count as the same. One per answer; used by one thread. Keeps a pointer to the tokenizer, which must outlive
// it.
#pragma once

#include "engine/text/tokenizer.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

class SpanConstraint {
public:
    // `alsoAllowed`: an answer that need not stand in the prompt.
    SpanConstraint(const Tokenizer& tokenizer, std::span<const TokenId> prompt, std::string_view alsoAllowed);

    // Takes out the likeliest tokens that go on with no span, until one does or ends the answer where a word
    // ends. False if none of the likeliest does: the answer is over.
    bool hold(std::span<float> logits) const;
    // Tells which token was taken; one that hold() left.
    void accept(TokenId token);

private:
    bool mayEnd() const;
    bool goesOn(TokenId token) const;
    std::vector<std::size_t> endsAfter(TokenId token) const; // none: the token goes on with no span

    const Tokenizer* m_tokenizer;
    std::string m_text;              // folded; parts that no span may cross are kept apart by a NUL
    std::vector<std::size_t> m_ends; // where the answer so far may end in it
    bool m_begun = false;            // a character of the answer is there
};

} // namespace lectern
