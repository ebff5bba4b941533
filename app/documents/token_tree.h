// The files and folders of a packed repository with the tokens of each, for a tree on the screen or the terminal. The
// count of a file is exactly its share of the tokens of the whole text: a token belongs where it begins.
#pragma once

#include "app/documents/document.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lectern {

struct TokenNode {
    std::string name;         // last part of the path
    std::string path;         // "" for the root; folders end in '/'
    std::uint32_t depth = 0;  // 0 = the root
    std::uint64_t tokens = 0; // of a folder: of all below it; of the root: also of the summary and the tree
    std::uint64_t bytes = 0;  // of text
    std::uint32_t files = 0;  // packed files in it; 1 for a file
    std::string leftOut;      // why it is not packed; empty where it is
};

// Depth first, folders before what is in them, in the order of the names; first the root. `offsets`: where in the
// document's text each of its tokens begins, rising. What was skipped is in the tree, too.
std::vector<TokenNode> tokenTree(const Document& document, std::span<const std::uint64_t> offsets);

// "  1,234  src/main.cc" lines; with `leftOut` also the files that are not packed, with their reasons.
std::string tokenTreeText(std::span<const TokenNode> tree, bool leftOut);

} // namespace lectern
