// Which files of a folder are left out: the rules of gitignore(5), level by level. Rules are only ever read
// as text from regular files; no git program, hook or filter runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

struct IgnoreRule {
    enum class Match { Exact, Suffix, Glob };

    std::string pattern; // without '!', leading or trailing '/'; Suffix: without its '*'
    Match match = Match::Glob;
    std::size_t literal = 0; // Glob of a path: this many characters at its begin stand for themselves
    bool negated = false;    // takes back what an earlier rule left out
    bool folderOnly = false; // the pattern ended in '/'
    bool nameOnly = false;   // no '/' inside: matches the last part of a path at any depth
    std::string reason;      // for the list of skipped files
};

// The rules of one file, for paths below `base` ("" = the root, else "a/b/").
class IgnoreList {
public:
    // Each rule's reason is `reason`.
    static IgnoreList parse(std::string_view text, std::string base, const std::string& reason);
    void append(std::string_view line, const std::string& reason);

    // The last rule that speaks of `path` (relative to the root, '/' between parts).
    const IgnoreRule* lastMatch(std::string_view path, bool isFolder) const;
    bool empty() const { return m_rules.empty(); }

private:
    std::string m_base;
    std::vector<IgnoreRule> m_rules;
};

// Lists in rising order of precedence. A path below a folder that is left out can not come back: the walk
// never looks there.
class IgnoreStack {
public:
    void push(IgnoreList list) { m_lists.push_back(std::move(list)); }
    void pop() { m_lists.pop_back(); }

    // Why `path` is left out, or nothing.
    std::optional<std::string> reasonToSkip(std::string_view path, bool isFolder) const;

private:
    std::vector<IgnoreList> m_lists;
};

} // namespace lectern
