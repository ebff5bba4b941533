#include "app/documents/ignore_rules.h"

#include "app/documents/glob_match.h"

#include <utility>

namespace lectern {

namespace {

constexpr std::string_view kGlobSigns = "*?[\\";

// Spaces at the end do not count unless the last has a '\' before it.
std::string_view withoutTrailingSpaces(std::string_view line)
{
    std::size_t keep = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && i + 1 < line.size())
            ++i;
        else if (line[i] == ' ')
            continue;
        keep = i + 1;
    }
    return line.substr(0, keep);
}

bool matchesPath(const IgnoreRule& rule, std::string_view path)
{
    if (rule.nameOnly)
        path = path.substr(path.rfind('/') + 1); // npos + 1 = 0
    switch (rule.match) {
    case IgnoreRule::Match::Exact:
        return path == rule.pattern;
    case IgnoreRule::Match::Suffix:
        return path.ends_with(rule.pattern);
    case IgnoreRule::Match::Glob:
        return path.starts_with(std::string_view(rule.pattern).substr(0, rule.literal)) &&
               globMatch(std::string_view(rule.pattern).substr(rule.literal), path.substr(rule.literal));
    }
    return false;
}

} // namespace

IgnoreList IgnoreList::parse(std::string_view text, std::string base, const std::string& reason)
{
    IgnoreList list;
    list.m_base = std::move(base);
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        list.append(line, reason);
    }
    return list;
}

void IgnoreList::append(std::string_view line, const std::string& reason)
{
    if (line.starts_with('#'))
        return;
    line = withoutTrailingSpaces(line);
    IgnoreRule rule;
    rule.reason = reason;
    if (line.starts_with('!')) {
        rule.negated = true;
        line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
        rule.folderOnly = true;
        line.remove_suffix(1);
    }
    rule.nameOnly = line.find('/') == std::string_view::npos;
    if (line.starts_with('/'))
        line.remove_prefix(1);
    if (line.empty())
        return;
    if (line.find_first_of(kGlobSigns) == std::string_view::npos) {
        rule.match = IgnoreRule::Match::Exact;
    } else if (rule.nameOnly && line[0] == '*' &&
               line.find_first_of(kGlobSigns, 1) == std::string_view::npos) {
        rule.match = IgnoreRule::Match::Suffix;
        line.remove_prefix(1);
    }
    // As git does it: the rest is matched on its own, so that "**" after a literal begin is a whole part.
    if (rule.match == IgnoreRule::Match::Glob && !rule.nameOnly)
        rule.literal = line.find_first_of(kGlobSigns);
    rule.pattern = line;
    m_rules.push_back(std::move(rule));
}

const IgnoreRule* IgnoreList::lastMatch(std::string_view path, bool isFolder) const
{
    if (!path.starts_with(m_base))
        return nullptr;
    path.remove_prefix(m_base.size());
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule)
        if ((isFolder || !rule->folderOnly) && matchesPath(*rule, path))
            return &*rule;
    return nullptr;
}

std::optional<std::string> IgnoreStack::reasonToSkip(std::string_view path, bool isFolder) const
{
    const IgnoreRule* rule = nullptr;
    for (auto list = m_lists.rbegin(); !rule && list != m_lists.rend(); ++list)
        rule = list->lastMatch(path, isFolder);
    return rule && !rule->negated ? std::optional(rule->reason) : std::nullopt;
}

} // namespace lectern
