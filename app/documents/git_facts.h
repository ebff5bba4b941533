// What git knows of a folder, read through libgit2 without running anything.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace lectern {

// Where the working tree that holds `folder` begins (the folder with ".git" in it), as an absolute path.
std::optional<std::string> findWorkTree(const std::string& folder);

// The text of the ignore rules that stand outside the working tree: the user's own, then the repository's
// info/exclude. Empty where there are none.
struct OutsideRules {
    std::string user;
    std::string repository;
};
OutsideRules outsideIgnoreRules(const std::string& workTree);

// The paths git tracks; ignore rules do not apply to them.
class TrackedFiles {
public:
    // Empty where there is no readable index.
    static TrackedFiles open(const std::string& workTree);
    TrackedFiles();
    TrackedFiles(TrackedFiles&&) noexcept;
    TrackedFiles& operator=(TrackedFiles&&) noexcept;
    ~TrackedFiles();

    bool contains(const std::string& path) const;   // relative to the working tree
    bool anyBelow(const std::string& folder) const; // without '/' at its end

private:
    struct Index;
    std::unique_ptr<Index> m_index;
};

} // namespace lectern
