// tokenizer.json of the Hugging Face tokenizers library, as far as the models Lectern opens use it: byte-level
// BPE with a known pre-tokenizer, and SentencePiece BPE written as merges with byte fallback.
#pragma once

#include "engine/text/vocabulary.h"

#include <nlohmann/json.hpp>

namespace lectern {

// Pieces, merges or scores, types, pre-tokenizer and switches; ids of bos and eos are told elsewhere.
// BadInput naming the key; Unsupported naming the part that Lectern does not do. Takes `tree` apart.
Result<Vocabulary> readHfTokenizer(nlohmann::json& tree, const std::string& label);

// Puts the added tokens of tokenizer.json, or of added_tokens_decoder in tokenizer_config.json, in their places.
void addHfTokens(const nlohmann::json& list, Vocabulary& out);

// The name of the pre-tokenizer that cuts as this "pre_tokenizer" object says; nullptr if there is none.
const struct PreTokenizerRow* findHfPreTokenizer(const nlohmann::json& object, bool ignoreMerges);

} // namespace lectern
