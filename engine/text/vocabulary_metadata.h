// A vocabulary as GGUF's tokenizer.* keys: what readVocabulary() reads back.
#pragma once

#include "engine/text/vocabulary.h"

namespace lectern {

// Keys that the metadata has already stay.
void writeVocabulary(const Vocabulary& vocabulary, Metadata& into);

} // namespace lectern
