// tokenizer.model: a SentencePiece ModelProto (sentencepiece_model.proto), read field by field from the wire
// format of protocol buffers. Lengths are proved against the bytes that remain; unknown fields are passed over.
#pragma once

#include "engine/text/vocabulary.h"

#include <cstddef>
#include <span>

namespace lectern {

// Pieces, scores, types, ids and switches; no end of generation, no template. BadInput if it is damaged,
// Unsupported for models of words or characters. `label` is the file's name in the message.
Result<Vocabulary> parseSentencePieceModel(std::span<const std::byte> bytes, const std::string& label);

} // namespace lectern
