#include "app/documents/git_history.h"

#include "app/documents/git_library.h"

#include <chrono>
#include <memory>

namespace lectern {

namespace {

constexpr int kMostCommits = 100;
constexpr std::size_t kMostFilesOfCommit = 5000; // more is an import or a reformat, which says nothing of the files
constexpr auto kMostTime = std::chrono::seconds(2);

template <typename T, void (*Free)(T*)> struct Freed {
    void operator()(T* handle) const { Free(handle); }
};
template <typename T, void (*Free)(T*)> using Handle = std::unique_ptr<T, Freed<T, Free>>;

using Repository = Handle<git_repository, git_repository_free>;
using Commit = Handle<git_commit, git_commit_free>;
using Tree = Handle<git_tree, git_tree_free>;
using Diff = Handle<git_diff, git_diff_free>;
using Walk = Handle<git_revwalk, git_revwalk_free>;

Tree treeOf(git_commit* commit)
{
    git_tree* tree = nullptr;
    return Tree(commit && git_commit_tree(&tree, commit) == 0 ? tree : nullptr);
}

void countChanges(git_repository* repository, git_commit* commit, GitHistory& history)
{
    if (git_commit_parentcount(commit) > 1)
        return;
    git_commit* parent = nullptr;
    const Commit owned(git_commit_parentcount(commit) == 1 && git_commit_parent(&parent, commit, 0) == 0 ? parent
                                                                                                        : nullptr);
    const Tree before = treeOf(owned.get());
    const Tree after = treeOf(commit);
    git_diff* made = nullptr;
    git_diff_options options = GIT_DIFF_OPTIONS_INIT;
    options.flags = GIT_DIFF_SKIP_BINARY_CHECK | GIT_DIFF_IGNORE_SUBMODULES;
    if (!after || git_diff_tree_to_tree(&made, repository, before.get(), after.get(), &options) != 0)
        return;
    const Diff diff(made);
    const std::size_t deltas = git_diff_num_deltas(diff.get());
    if (deltas > kMostFilesOfCommit)
        return;
    for (std::size_t i = 0; i < deltas; ++i)
        ++history.changes[git_diff_get_delta(diff.get(), i)->new_file.path];
}

} // namespace

GitHistory readGitHistory(const std::string& workTree, const CancelToken& cancel)
{
    const GitLibrary library;
    GitHistory history;
    git_repository* opened = nullptr;
    if (git_repository_open_ext(&opened, workTree.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0)
        return history;
    const Repository repository(opened);
    git_revwalk* begun = nullptr;
    if (git_revwalk_new(&begun, opened) != 0)
        return history;
    const Walk walk(begun);
    git_revwalk_sorting(begun, GIT_SORT_TIME);
    if (git_revwalk_push_head(begun) != 0)
        return history;
    const auto start = std::chrono::steady_clock::now();
    git_oid id = {};
    for (int n = 0; n < kMostCommits && !cancel.isCancelled() && git_revwalk_next(&id, begun) == 0; ++n) {
        git_commit* found = nullptr;
        if (git_commit_lookup(&found, opened, &id) != 0)
            break;
        const Commit commit(found);
        history.known = true;
        countChanges(opened, found, history);
        if (std::chrono::steady_clock::now() - start > kMostTime)
            break;
    }
    return history;
}

} // namespace lectern
