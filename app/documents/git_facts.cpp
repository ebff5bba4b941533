#include "app/documents/git_facts.h"

#include "app/documents/git_library.h"
#include "app/documents/input_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

namespace lectern {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRuleBytes = std::size_t(1) << 20;
constexpr std::uint64_t kMaxIndexBytes = std::uint64_t(512) << 20;

// The text of a small regular file; empty where it can not be read.
std::string smallFile(const std::string& path)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return {};
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(file->size(), kMaxRuleBytes)), '\0');
    const Result<std::size_t> got = file->read(text);
    text.resize(got ? *got : 0);
    return text;
}

// The folder with git's own files: ".git", or where a ".git" file points.
std::string gitFolder(const std::string& workTree)
{
    const fs::path dotGit = fs::path(workTree) / ".git";
    std::error_code error;
    if (fs::is_directory(dotGit, error))
        return dotGit.string();
    constexpr std::string_view kPointer = "gitdir: ";
    std::string text = smallFile(dotGit.string());
    if (!text.starts_with(kPointer))
        return {};
    text.erase(0, kPointer.size());
    text.erase(text.find_last_not_of("\r\n") + 1);
    return (fs::path(workTree) / text).lexically_normal().string();
}

// core.excludesFile of the user's own configuration, or its default place.
std::string userExcludesPath()
{
    std::string path;
    git_config* config = nullptr;
    if (git_config_open_default(&config) == 0) {
        git_buf value = {};
        if (git_config_get_path(&value, config, "core.excludesfile") == 0)
            path = value.ptr;
        git_buf_dispose(&value);
        git_config_free(config);
    }
    if (!path.empty())
        return path;
    const char* configHome = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    if (configHome && *configHome)
        return std::string(configHome) + "/git/ignore";
    return home ? std::string(home) + "/.config/git/ignore" : std::string();
}

} // namespace

std::optional<std::string> findWorkTree(const std::string& folder)
{
    std::error_code error;
    fs::path at = fs::canonical(folder, error);
    if (error)
        return std::nullopt;
    for (int level = 0; level < 64; ++level) {
        if (fs::exists(fs::symlink_status(at / ".git", error)))
            return at.string();
        if (!at.has_relative_path())
            break;
        at = at.parent_path();
    }
    return std::nullopt;
}

OutsideRules outsideIgnoreRules(const std::string& workTree)
{
    const GitLibrary library;
    OutsideRules rules;
    rules.user = smallFile(userExcludesPath());
    const std::string git = workTree.empty() ? std::string() : gitFolder(workTree);
    if (!git.empty())
        rules.repository = smallFile(git + "/info/exclude");
    return rules;
}

struct TrackedFiles::Index {
    GitLibrary library;
    git_index* handle = nullptr;

    Index() = default;
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;
    ~Index() { git_index_free(handle); }
};

TrackedFiles::TrackedFiles() = default;
TrackedFiles::TrackedFiles(TrackedFiles&&) noexcept = default;
TrackedFiles& TrackedFiles::operator=(TrackedFiles&&) noexcept = default;
TrackedFiles::~TrackedFiles() = default;

TrackedFiles TrackedFiles::open(const std::string& workTree)
{
    TrackedFiles tracked;
    const std::string path = gitFolder(workTree) + "/index";
    // Opened once beforehand: libgit2 would wait for ever on a FIFO of this name.
    const Result<InputFile> file = InputFile::open(path);
    if (!file || file->size() > kMaxIndexBytes)
        return tracked;
    auto index = std::make_unique<Index>();
    if (git_index_open(&index->handle, path.c_str()) == 0)
        tracked.m_index = std::move(index);
    return tracked;
}

bool TrackedFiles::contains(const std::string& path) const
{
    return m_index && git_index_get_bypath(m_index->handle, path.c_str(), 0) != nullptr;
}

bool TrackedFiles::anyBelow(const std::string& folder) const
{
    std::size_t position = 0;
    return m_index && git_index_find_prefix(&position, m_index->handle, (folder + "/").c_str()) == 0;
}

} // namespace lectern
