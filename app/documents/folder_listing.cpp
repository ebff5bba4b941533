#include "app/documents/folder_listing.h"

#include "app/documents/default_excludes.h"
#include "app/documents/git_facts.h"
#include "app/documents/ignore_rules.h"
#include "app/documents/input_file.h"
#include "app/documents/open_folder.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <sys/stat.h>
#include <utility>

namespace lectern {

namespace {

constexpr std::size_t kMaxRuleBytes = std::size_t(1) << 20;

class FolderWalk {
public:
    FolderWalk(FolderListing& listing, const ReadOptions& options) : m_listing(listing), m_options(options) {}

    Status run()
    {
        Result<OpenFolder> root = OpenFolder::open(m_listing.root);
        if (!root)
            return failed(root);
        m_listing.modifiedMs = root->modifiedMs();
        collectOuterRules();
        return walk(*root, "", 0);
    }

private:
    // Rules from above the dropped folder: defaults, the user's, the repository's, and each level down to
    // here.
    void collectOuterRules()
    {
        if (m_options.folder.useDefaultExcludes)
            m_rules.push(defaultExcludes(m_options.folder.keepSecrets));
        for (const std::string& glob : m_options.folder.exclude)
            m_exclude.append(glob, "excluded by you");
        for (const std::string& glob : m_options.folder.include)
            m_include.append(glob, "included");
        m_leftOut.insert(m_options.folder.leaveOut.begin(), m_options.folder.leaveOut.end());
        const std::string workTree = findWorkTree(m_listing.root).value_or("");
        m_listing.workTree = workTree;
        if (!m_options.folder.useIgnoreFiles)
            return;
        const OutsideRules outside = outsideIgnoreRules(workTree);
        m_rules.push(IgnoreList::parse(outside.user, "", "ignored by your git configuration"));
        m_rules.push(IgnoreList::parse(outside.repository, "", "ignored by .git/info/exclude"));
        if (workTree.empty())
            return;
        m_tracked = TrackedFiles::open(workTree);
        std::error_code error;
        const std::string below = std::filesystem::relative(m_listing.root, workTree, error).generic_string();
        if (error || below.empty() || below == ".")
            return;
        std::string base;
        for (std::size_t at = 0; at != std::string::npos;) {
            if (const Result<OpenFolder> level = OpenFolder::open(workTree + "/" + base))
                pushRulesOf(*level, base);
            const std::size_t slash = below.find('/', at);
            base += below.substr(at, slash == std::string::npos ? slash : slash - at) + "/";
            at = slash == std::string::npos ? slash : slash + 1;
        }
        m_prefix = base;
        m_listing.prefix = base;
    }

    // A repository inside the repository: git's rules of the outer one end here, its own begin.
    Status walkSubmodule(const OpenFolder& folder, const std::string& shown, std::uint32_t depth)
    {
        const std::string workTree = m_listing.root + "/" + shown;
        IgnoreStack outer = std::exchange(m_rules, {});
        TrackedFiles outerTracked = std::exchange(m_tracked, {});
        const std::string outerPrefix = std::exchange(m_prefix, {});
        const std::string outerBase = std::exchange(m_base, shown);
        if (m_options.folder.useDefaultExcludes)
            m_rules.push(defaultExcludes(m_options.folder.keepSecrets));
        if (m_options.folder.useIgnoreFiles) {
            const OutsideRules outside = outsideIgnoreRules(workTree);
            m_rules.push(IgnoreList::parse(outside.user, "", "ignored by your git configuration"));
            m_rules.push(IgnoreList::parse(outside.repository, "", "ignored by .git/info/exclude"));
            m_tracked = TrackedFiles::open(workTree);
        }
        m_listing.submodules.push_back(shown);
        const Status walked = walk(folder, shown, depth);
        m_rules = std::move(outer);
        m_tracked = std::move(outerTracked);
        m_prefix = outerPrefix;
        m_base = outerBase;
        return walked;
    }

    // `path` as the ignore rules in force see it: relative to the working tree it lies in.
    std::string inWorkTree(const std::string& path) const { return m_prefix + path.substr(m_base.size()); }

    // .gitignore and .ignore of one folder; how many lists were pushed.
    int pushRulesOf(const OpenFolder& folder, const std::string& base)
    {
        int pushed = 0;
        for (const std::string name : {".gitignore", ".ignore"}) {
            Result<InputFile> file = InputFile::openIn(folder.fd(), name, name);
            if (!file)
                continue;
            std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(file->size(), kMaxRuleBytes)),
                             '\0');
            const Result<std::size_t> got = file->read(text);
            text.resize(got ? *got : 0);
            m_rules.push(IgnoreList::parse(text, base, "ignored by " + base + name));
            ++pushed;
        }
        return pushed;
    }

    void skip(const std::string& path, const std::string& reason)
    {
        m_listing.skipped.push_back({path, reason});
    }

    Status walk(const OpenFolder& folder, const std::string& base, std::uint32_t depth)
    {
        if (m_options.cancel.isCancelled())
            return fail(ErrorCode::Cancelled, "Reading " + m_listing.name + " was stopped.");
        if (!m_seen.insert(folder.identity()).second) {
            skip(base, "the same folder again");
            return {};
        }
        const int pushed = m_options.folder.useIgnoreFiles ? pushRulesOf(folder, inWorkTree(base)) : 0;
        const Status walked = walkEntries(folder, base, depth);
        for (int i = 0; i < pushed; ++i)
            m_rules.pop();
        return walked;
    }

    Status walkEntries(const OpenFolder& folder, const std::string& base, std::uint32_t depth)
    {
        Result<std::vector<FolderEntry>> entries = folder.entries(m_options.cancel);
        if (!entries) {
            if (base.empty() || entries.error().code == ErrorCode::Cancelled)
                return failed(entries);
            skip(base, "can not be read");
            return {};
        }
        std::sort(entries->begin(), entries->end(), [](const FolderEntry& a, const FolderEntry& b) {
            return std::pair(a.kind == FolderEntry::Kind::Folder, std::string_view(a.name)) <
                   std::pair(b.kind == FolderEntry::Kind::Folder, std::string_view(b.name));
        });
        for (const FolderEntry& entry : *entries)
            if (const Status done = visit(folder, base, entry, depth); !done)
                return done;
        return {};
    }

    Status visit(const OpenFolder& folder, const std::string& base, const FolderEntry& entry,
                 std::uint32_t depth)
    {
        const bool isFolder = entry.kind == FolderEntry::Kind::Folder;
        const std::string path = base + entry.name;
        const std::string shown = shownPath(path) + (isFolder ? "/" : "");
        if (entry.name == ".git")
            return {};
        if (shownPath(entry.name) != entry.name)
            skip(shown, "its name is not readable text");
        else if (const auto reason = reasonToSkip(path, isFolder))
            skip(shown, *reason);
        else if (isFolder)
            return enter(folder, path, entry, depth);
        else if (entry.kind == FolderEntry::Kind::File)
            return addFile(path, entry);
        else
            skip(shown, entry.kind == FolderEntry::Kind::Link ? "a link; links are not followed"
                                                              : "a pipe, socket or device");
        return {};
    }

    std::optional<std::string> reasonToSkip(const std::string& path, bool isFolder) const
    {
        const std::string inTree = inWorkTree(path);
        // What a person excludes is meant from the folder they named, whatever repository it lies in.
        if (const IgnoreRule* rule = m_exclude.lastMatch(path, isFolder); rule)
            return rule->negated ? std::nullopt : std::optional(rule->reason);
        const auto reason = m_rules.reasonToSkip(inTree, isFolder);
        // What git tracks is wanted even where an ignore file says otherwise; our own defaults still hold.
        if (reason && reason->starts_with("ignored by") &&
            (isFolder ? m_tracked.anyBelow(inTree) : m_tracked.contains(inTree)))
            return std::nullopt;
        return reason;
    }

    Status enter(const OpenFolder& folder, const std::string& path, const FolderEntry& entry,
                 std::uint32_t depth)
    {
        const std::string shown = path + "/";
        if (depth + 1 > m_options.limits.maxFolderDepth) {
            skip(shown, "more than " + std::to_string(m_options.limits.maxFolderDepth) + " folders deep");
            return {};
        }
        const Result<OpenFolder> below = folder.enter(entry.name);
        if (!below) {
            skip(shown, "can not be opened");
            return {};
        }
        if (below->isSystem()) {
            skip(shown, "part of the running system");
            return {};
        }
        if (!isRepository(*below))
            return walk(*below, shown, depth + 1);
        if (m_options.folder.submodules)
            return walkSubmodule(*below, shown, depth + 1);
        skip(shown, "a repository inside the repository");
        return {};
    }

    // Has a ".git" file or folder of its own.
    static bool isRepository(const OpenFolder& folder)
    {
        struct stat status = {};
        return ::fstatat(folder.fd(), ".git", &status, AT_SYMLINK_NOFOLLOW) == 0 &&
               (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode));
    }

    Status addFile(const std::string& path, const FolderEntry& entry)
    {
        if (!m_include.empty() && !isIncluded(path))
            return {};
        if (m_leftOut.contains(path))
            skip(path, "left out by you");
        else if (entry.bytes == 0)
            skip(path, "empty");
        else if (entry.bytes > m_options.limits.maxFolderFileBytes)
            skip(path, "larger than " + shownBytes(m_options.limits.maxFolderFileBytes));
        else
            m_listing.files.push_back({path, entry.bytes, 0});
        if (m_listing.files.size() > m_options.limits.maxFolderFiles)
            return fail(ErrorCode::TooLong,
                        m_listing.name + " holds more than " +
                            std::to_string(m_options.limits.maxFolderFiles) + " files to read.",
                        "Open a folder inside it, or leave files out.");
        return {};
    }

    // A glob that names a folder includes all below it.
    bool isIncluded(const std::string& path) const
    {
        for (std::size_t slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1))
            if (m_include.lastMatch(std::string_view(path).substr(0, slash), true))
                return true;
        return m_include.lastMatch(path, false) != nullptr;
    }

    FolderListing& m_listing;
    const ReadOptions& m_options;
    IgnoreStack m_rules;
    IgnoreList m_include;
    TrackedFiles m_tracked;
    IgnoreList m_exclude;
    std::set<std::string> m_leftOut;
    std::string m_base;   // of the submodule being walked, inside the dropped folder: "" or "a/b/"
    std::string m_prefix; // of the dropped folder inside its working tree: "" or "a/b/"
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_seen;
};

} // namespace

Result<FolderListing> listFolder(const std::string& path, const ReadOptions& options)
{
    FolderListing listing;
    listing.root = path;
    listing.name = shownName(path);
    if (const Status walked = FolderWalk(listing, options).run(); !walked)
        return failed(walked);
    return listing;
}

} // namespace lectern
