// Where the sentences of an answer lie, so that each can show its own sources. Fenced code is one sentence:
// nobody cites half a line of it. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lectern {

// Bytes [begin, end) of each sentence, ascending, without the space around it. The last may be unfinished.
std::vector<std::pair<std::uint64_t, std::uint64_t>> answerSentences(const std::string& answer);

} // namespace lectern
