#include "app/worker/changed_sources.h"

#include "app/documents/folder_listing.h"

#include <set>
#include <sys/stat.h>

namespace lectern {

namespace {

constexpr std::size_t kMostFilesNamed = 100;

struct FileFacts {
    bool exists = false;
    std::int64_t modifiedMs = 0;
    std::uint64_t bytes = 0;
};

FileFacts factsOf(const std::string& path)
{
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return {true, std::int64_t(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000,
            static_cast<std::uint64_t>(status.st_size)};
}

void note(ChangedSource& source, const std::string& file)
{
    ++source.changedFiles;
    if (source.files.size() < kMostFilesNamed)
        source.files.push_back(file);
}

// Files with a later date than the reading, files that are gone, and files that are new.
Status compareFolder(const Document& document, std::int64_t readMs, ChangedSource& source, const CancelToken& cancel)
{
    std::set<std::string> known;
    for (const FileMark& file : document.files) {
        known.insert(file.path);
        const FileFacts now = factsOf(document.path + "/" + file.path);
        if (!now.exists || now.modifiedMs > readMs)
            note(source, file.path);
    }
    for (const SkippedPath& skipped : document.skipped)
        known.insert(skipped.path);
    ReadOptions options;
    options.cancel = cancel;
    const auto listing = listFolder(document.path, options);
    if (!listing)
        return listing.error().code == ErrorCode::Cancelled ? Status(failed(listing)) : Status();
    for (const FolderFile& file : listing->files)
        if (!known.contains(file.path))
            note(source, file.path);
    return {};
}

} // namespace

Result<std::vector<ChangedSource>> changedSources(const SessionStore& store, SessionId session,
                                                  const CancelToken& cancel)
{
    const auto infos = store.documents(session);
    if (!infos)
        return failed(infos);
    std::vector<ChangedSource> changed;
    for (const DocumentInfo& info : *infos) {
        ChangedSource source{info.id, info.name, info.path, false, {}, 0};
        const FileFacts now = factsOf(info.path);
        source.gone = !now.exists;
        bool differs = source.gone;
        if (now.exists && info.kind == "folder") {
            const auto document = store.document(info.id);
            if (!document)
                return failed(document);
            if (const Status compared = compareFolder(*document, info.addedMs, source, cancel); !compared)
                return failed(compared);
            differs = source.changedFiles > 0;
        } else if (now.exists) {
            differs = now.bytes != info.bytesOnDisk || now.modifiedMs > info.addedMs;
        }
        if (differs)
            changed.push_back(std::move(source));
    }
    return changed;
}

} // namespace lectern
