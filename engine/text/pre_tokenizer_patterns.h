// How byte-level BPE vocabularies cut text into words before merging: tokenizer.ggml.pre -> regular
// expressions. The expressions are those of the models' own tokenizer.json files, written for PCRE2 with UTF
// and UCP.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lectern {

struct PreTokenizerRow {
    std::string_view name; // tokenizer.ggml.pre
    // Applied one after another, each to every piece the one before left; what a pattern matches and the gaps
    // between its matches become pieces of their own.
    std::span<const std::string_view> patterns;
    bool ignoreMerges = false;
    bool addBos = false; // BOS before a prompt where the file does not say
};

// nullptr if the name is unknown.
const PreTokenizerRow* findPreTokenizer(std::string_view name);
std::span<const PreTokenizerRow> preTokenizers();
std::string preTokenizerNames(); // "llama-bpe, qwen2, ..."

} // namespace lectern
