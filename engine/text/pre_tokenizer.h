// Cuts text into the words that byte-level BPE merges within. PCRE2, compiled once; cut() may be called from
// several threads. Time is linear in the text, stack use is flat (JIT code runs on a stack of its own from
// the heap).
#pragma once

#include "engine/base/result.h"
#include "engine/text/pre_tokenizer_patterns.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace lectern {

class PreTokenizer {
public:
    // Internal: a pattern of the table does not compile (a broken promise of our own).
    static Result<PreTokenizer> create(const PreTokenizerRow& row);
    PreTokenizer(PreTokenizer&&) noexcept;
    PreTokenizer& operator=(PreTokenizer&&) noexcept;
    ~PreTokenizer();

    // The end of each word, in bytes from the start of `text`; the last is text.size(). Bytes that are not
    // UTF-8 are words of their own. Internal if a pattern needs more matching steps than linear time allows.
    Result<std::vector<std::uint64_t>> cut(std::string_view text) const;

private:
    struct Pattern;
    struct Matching;
    PreTokenizer();
    static Status cutOnce(const Pattern& pattern, std::string_view text, Matching& matching,
                          std::vector<std::uint64_t>& ends);

    std::vector<Pattern> m_patterns;
};

} // namespace lectern
