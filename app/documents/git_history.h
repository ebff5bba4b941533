// Which files a repository's history changes most, read through libgit2: no git program, hook or filter runs.
#pragma once

#include "engine/base/cancel.h"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace lectern {

struct GitHistory {
    bool known = false; // false: no repository, no commits or not readable
    // In how many of the latest commits each path (relative to the working tree) was changed; merges are not counted.
    std::unordered_map<std::string, std::uint32_t> changes;
};

// Looks at no more than the latest 100 commits and stops looking after 2 s: older history only makes the order coarser.
GitHistory readGitHistory(const std::string& workTree, const CancelToken& cancel);

} // namespace lectern
