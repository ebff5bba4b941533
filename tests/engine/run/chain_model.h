// A model that says its pieces in a fixed order, by construction: attention and feed-forward add nothing, the
// output matrix maps each token to its successor. For tests of what happens around the model.
#pragma once

#include "tests/support/random_gguf.h"

#include <string>
#include <utility>
#include <vector>

namespace lectern::test {

// Pieces beside <unk> (0), <s> (1) and </s> (2), each with the piece that follows it. "<0xNN>" is a byte.
using Chain = std::vector<std::pair<std::string, std::string>>;

// A file with tokenizer keys; names not in the chain end the text. At most 61 pieces.
RandomGguf chainModel(const Chain& chain);
// The token id of a piece of the chain.
int chainToken(const Chain& chain, const std::string& piece);

} // namespace lectern::test
