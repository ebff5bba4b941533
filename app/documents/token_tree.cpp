#include "app/documents/token_tree.h"

#include <algorithm>
#include <map>

namespace lectern {

namespace {

std::string nameOf(const std::string& path)
{
    const std::size_t end = path.ends_with('/') ? path.size() - 1 : path.size();
    const std::size_t slash = end == 0 ? std::string::npos : path.rfind('/', end - 1);
    return path.substr(slash == std::string::npos ? 0 : slash + 1);
}

// So that a folder stands right before what is in it, and "a-b" does not come between "a" and "a/c".
struct ByParts {
    bool operator()(const std::string& a, const std::string& b) const
    {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            return (x == '/' ? '\0' : x) < (y == '/' ? '\0' : y);
        });
    }
};

using Nodes = std::map<std::string, TokenNode, ByParts>;

// Adds a file's figures to each folder above it.
void addUpwards(Nodes& nodes, const TokenNode& file)
{
    std::uint32_t depth = 0;
    for (std::size_t slash = file.path.find('/'); slash != std::string::npos && slash + 1 < file.path.size();
         slash = file.path.find('/', slash + 1)) {
        TokenNode& folder = nodes[file.path.substr(0, slash + 1)];
        folder.path = file.path.substr(0, slash + 1);
        folder.depth = ++depth;
        folder.tokens += file.tokens;
        folder.bytes += file.bytes;
        folder.files += file.files;
    }
    TokenNode& own = nodes[file.path];
    own = file;
    own.depth = depth + 1;
}

// Of the line "file: path" above a file's text.
std::uint64_t beginOf(const FileMark& mark)
{
    return mark.offset - std::min<std::uint64_t>(mark.offset, fileHeader(mark.path).size());
}

std::string withCommas(std::uint64_t number)
{
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

} // namespace

std::vector<TokenNode> tokenTree(const Document& document, std::span<const std::uint64_t> offsets)
{
    const auto tokensBefore = [&](std::uint64_t offset) {
        return static_cast<std::uint64_t>(std::lower_bound(offsets.begin(), offsets.end(), offset) - offsets.begin());
    };
    Nodes nodes;
    for (std::size_t i = 0; i < document.files.size(); ++i) {
        const FileMark& mark = document.files[i];
        // From its own header line to the next file's.
        const std::uint64_t begin = beginOf(mark);
        const bool last = i + 1 == document.files.size();
        const std::uint64_t end =
            last ? document.text.size() : beginOf(document.files[i + 1]);
        TokenNode node;
        node.path = mark.path;
        node.tokens = (last ? offsets.size() : tokensBefore(end)) - tokensBefore(begin);
        node.bytes = mark.length;
        node.files = 1;
        addUpwards(nodes, node);
    }
    for (const SkippedPath& skipped : document.skipped) {
        TokenNode node;
        node.path = skipped.path;
        node.leftOut = skipped.reason;
        if (!nodes.contains(node.path))
            addUpwards(nodes, node);
    }
    std::vector<TokenNode> tree(1);
    tree.front().name = document.name;
    tree.front().tokens = offsets.size();
    tree.front().bytes = document.text.size();
    tree.front().files = static_cast<std::uint32_t>(document.files.size());
    for (auto& [path, node] : nodes) {
        node.name = nameOf(node.path);
        tree.push_back(std::move(node));
    }
    return tree;
}

std::string tokenTreeText(std::span<const TokenNode> tree, bool leftOut)
{
    std::string text;
    const std::size_t width = tree.empty() ? 0 : withCommas(tree.front().tokens).size();
    for (const TokenNode& node : tree) {
        if (!node.leftOut.empty() && !leftOut)
            continue;
        const std::string count = node.leftOut.empty() ? withCommas(node.tokens) : "-";
        text += std::string(width - std::min(width, count.size()), ' ') + count + "  " +
                std::string(std::size_t(node.depth) * 2, ' ') + node.name;
        text += node.leftOut.empty() ? "\n" : "  (" + node.leftOut + ")\n";
    }
    return text;
}

} // namespace lectern
