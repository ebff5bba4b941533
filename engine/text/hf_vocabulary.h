// The tokenizer of a Hugging Face folder: tokenizer.model, else tokenizer.json, with what tokenizer_config.json,
// added_tokens.json, special_tokens_map.json, generation_config.json, config.json and chat_template.jinja add.
#pragma once

#include "engine/text/vocabulary.h"

#include <cstddef>
#include <string>

namespace lectern {

// `rows`: of the model's embeddings. Rows without a token get unused ones; tokens without a row are dropped,
// with a warning. NotFound where there is no tokenizer; BadInput or Unsupported naming the file.
Result<Vocabulary> readHfVocabulary(const std::string& folder, std::size_t rows);

} // namespace lectern
