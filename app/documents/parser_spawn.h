// What both sides of the parser child agree on.
#pragma once

#include <string_view>

namespace lectern {

// The hidden first argument of the programs that can be a parser child.
inline constexpr std::string_view kParserArgument = "--parse-one-document";
// Descriptor on which the child answers; its standard output stays free for whatever libraries print.
inline constexpr int kParserReplyFd = 3;

} // namespace lectern
