// Which tokens are special: found by type, by id, and, because model files are careless, by their well-known
// texts.
#pragma once

#include "engine/text/vocabulary.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace lectern {

// Reads like a marker: <|...|> (also with DeepSeek's full-width bars).
bool looksLikeMarker(std::string_view piece);

// One flag per id: control and unknown tokens, ends of generation, and template markers. A marker is a piece
// that looks like one, or a user-defined piece that stands literally in a chat template (words, digits and
// blanks aside: every template holds those).
std::vector<std::uint8_t> findSpecialTokens(const Vocabulary& vocabulary);

} // namespace lectern
