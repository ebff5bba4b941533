#include "app/worker/snapshot_disk.h"

#include "engine/snapshot/content_hash.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <system_error>

namespace lectern {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMostBytes = 20'000'000'000;
constexpr std::uint64_t kReserveBytes = std::uint64_t{1} << 30; // stays free on the disk

std::uint64_t freeBytes(const fs::path& folder)
{
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    return error ? 0 : space.available;
}

// The folders in a folder; empty where it can not be read.
std::vector<fs::path> foldersIn(const fs::path& folder)
{
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (entry->symlink_status(ignored).type() == fs::file_type::directory)
            found.push_back(entry->path());
    }
    return found;
}

fs::path absolutePath(const std::string& path)
{
    std::error_code error;
    const fs::path absolute = fs::absolute(path, error);
    return error ? fs::path(path) : absolute;
}

std::string storeName(const std::string& storePath)
{
    std::error_code error;
    const fs::path path = fs::weakly_canonical(storePath, error);
    ContentHash hash;
    hash.text(error ? storePath : path.string());
    return hash.hex().substr(0, 16);
}

} // namespace

SnapshotDisk::SnapshotDisk(const std::string& cacheFolder, const std::string& storePath)
    : m_root(absolutePath(cacheFolder) / "kv"), m_store(m_root / storeName(storePath))
{
}

std::string SnapshotDisk::sessionFolder(SessionId session) const
{
    return (m_store / std::to_string(session.value)).string();
}

bool SnapshotDisk::makeSessionFolder(SessionId session) const
{
    std::error_code error;
    fs::create_directories(sessionFolder(session), error);
    if (error)
        return false;
    // Keys and values tell much of what was read.
    fs::permissions(m_root, fs::perms::owner_all, error);
    return true;
}

void SnapshotDisk::touch(const std::string& manifestPath) const
{
    std::error_code ignored;
    fs::last_write_time(manifestPath, fs::file_time_type::clock::now(), ignored);
}

void SnapshotDisk::remove(SessionId session) const
{
    std::error_code ignored;
    fs::remove_all(sessionFolder(session), ignored);
}

std::vector<SessionId> SnapshotDisk::sessions() const
{
    std::vector<SessionId> sessions;
    for (const fs::path& folder : foldersIn(m_store)) {
        const std::string name = folder.filename().string();
        std::int64_t id = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (error == std::errc() && end == name.data() + name.size() && std::to_string(id) == name)
            sessions.push_back(SessionId(id));
    }
    return sessions;
}

std::vector<SnapshotDisk::Entry> SnapshotDisk::entries() const
{
    std::vector<Entry> entries;
    for (const fs::path& store : foldersIn(m_root)) {
        for (const fs::path& folder : foldersIn(store)) {
            Entry entry{folder, 0, fs::file_time_type::min()};
            std::error_code error;
            for (fs::directory_iterator file(folder, error), end; !error && file != end;
                 file.increment(error)) {
                std::error_code ignored;
                const std::uintmax_t bytes = file->file_size(ignored);
                entry.bytes += ignored ? 0 : bytes;
                const auto time = file->last_write_time(ignored);
                entry.used = ignored ? entry.used : std::max(entry.used, time);
            }
            entries.push_back(std::move(entry));
        }
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
    return entries;
}

std::uint64_t SnapshotDisk::usedBytes() const
{
    std::uint64_t bytes = 0;
    for (const Entry& entry : entries())
        bytes += entry.bytes;
    return bytes;
}

std::uint64_t SnapshotDisk::defaultBudget() const
{
    std::error_code error;
    fs::path there = m_root;
    while (!fs::exists(there, error) && there.has_relative_path())
        there = there.parent_path();
    return std::min(kMostBytes, (freeBytes(there) + usedBytes()) / 10);
}

bool SnapshotDisk::makeRoom(std::uint64_t bytes, std::uint64_t budget, SessionId session,
                            std::vector<SessionId>& evicted) const
{
    std::vector<Entry> others = entries();
    std::uint64_t own = 0, used = 0;
    std::erase_if(others, [&](const Entry& entry) {
        const bool mine = entry.folder == fs::path(sessionFolder(session));
        own += mine ? entry.bytes : 0;
        used += entry.bytes;
        return mine;
    });
    std::uint64_t available = freeBytes(m_root);
    if (own + bytes > budget || available + (used - own) < bytes + kReserveBytes)
        return false;
    for (const Entry& entry : others) {
        if (used + bytes <= budget && available >= bytes + kReserveBytes)
            break;
        evict(entry, evicted);
        used -= entry.bytes;
        available += entry.bytes;
    }
    return true;
}

void SnapshotDisk::evict(const Entry& entry, std::vector<SessionId>& evicted) const
{
    std::error_code ignored;
    fs::remove_all(entry.folder, ignored);
    if (entry.folder.parent_path() == m_store)
        evicted.push_back(SessionId(std::strtoll(entry.folder.filename().c_str(), nullptr, 10)));
}

void SnapshotDisk::trim(std::uint64_t budget, std::vector<SessionId>& evicted) const
{
    std::uint64_t used = usedBytes();
    for (const Entry& entry : entries()) {
        if (used <= budget)
            return;
        evict(entry, evicted);
        used -= entry.bytes;
    }
}

} // namespace lectern
