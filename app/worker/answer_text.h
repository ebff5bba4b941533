#pragma once

#include <string>

namespace lectern {

// What a piece of generated text adds to the answer: answers do not begin with the space that parts them from the
// question.
inline std::string addedText(const std::string& answer, const std::string& piece)
{
    const std::size_t begin = answer.empty() ? piece.find_first_not_of(" \t\n") : 0;
    return begin == std::string::npos ? std::string() : piece.substr(begin);
}

} // namespace lectern
