// The place of all snapshots: CACHE/kv/STORE/SESSION/, where STORE is a hash of the session store's path, so
// that several stores can share a cache folder. One budget for all of them together; what was used least
// recently goes first. Anything here may be deleted at any time: a snapshot is never the only copy. Any
// thread; no state but the disk's.
#pragma once

#include "app/session/session_types.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lectern {

class SnapshotDisk {
public:
    SnapshotDisk(const std::string& cacheFolder, const std::string& storePath);

    std::string sessionFolder(SessionId session) const;
    // Makes the session's folder, for this user alone. False where that can not be.
    bool makeSessionFolder(SessionId session) const;
    // Marks a snapshot as used now.
    void touch(const std::string& manifestPath) const;
    void remove(SessionId session) const;
    // The sessions of this store that have a folder.
    std::vector<SessionId> sessions() const;

    // 20 GB, or a tenth of what is free (what snapshots take counted as free) if that is less.
    std::uint64_t defaultBudget() const;
    // Deletes other sessions' snapshots until `bytes` more fit into the budget and leave a gigabyte free;
    // tells those of this store. False, and nothing is deleted, where they never will.
    bool makeRoom(std::uint64_t bytes, std::uint64_t budget, SessionId session,
                  std::vector<SessionId>& evicted) const;
    // Deletes the least recently used until the budget holds; tells those of this store.
    void trim(std::uint64_t budget, std::vector<SessionId>& evicted) const;
    std::uint64_t usedBytes() const;

private:
    struct Entry {
        std::filesystem::path folder;
        std::uint64_t bytes = 0;
        std::filesystem::file_time_type used;
    };
    std::vector<Entry> entries() const; // least recently used first
    void evict(const Entry& entry, std::vector<SessionId>& evicted) const;

    std::filesystem::path m_root, m_store;
};

} // namespace lectern
