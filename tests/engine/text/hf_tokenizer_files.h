// Vocabularies written as the files of Hugging Face folders hold them.
#pragma once

#include "engine/text/vocabulary.h"

#include <nlohmann/json.hpp>

namespace lectern::test {

// A ModelProto as SentencePiece writes it.
std::string sentencePieceFile(const Vocabulary& vocabulary);

// tokenizer.json: SentencePiece BPE as merges with byte fallback, or byte-level BPE with GPT-2's rule.
nlohmann::json sentencePieceJson(const Vocabulary& vocabulary);
nlohmann::json byteLevelJson(const Vocabulary& vocabulary);

// Pre-tokenizers: GPT-2's, one of a regular expression, and a list of such that ends in plain bytes.
nlohmann::json gpt2Rule();
nlohmann::json split(const char* pattern);
nlohmann::json sequence(nlohmann::json parts);

} // namespace lectern::test
