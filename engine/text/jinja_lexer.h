// Chat template source to tokens, with Jinja's whitespace control (trim_blocks and lstrip_blocks on).
#pragma once

#include "engine/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace lectern::jinja {

enum class TokenKind {
    Data,
    OutputBegin,
    OutputEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Integer,
    Real,
    String,
    Operator,
    End
};

struct Token {
    TokenKind kind = TokenKind::End;
    int line = 0;
    std::string text; // Data and String: the text itself, escapes resolved
};

// BadInput names the line. The last token is always End.
Result<std::vector<Token>> tokenize(std::string_view source);

// The sentence every template error begins with.
std::string atLine(int line);

} // namespace lectern::jinja
