// Keeps the keys and values of sessions on disk, so that a session goes on after a restart without reading
// its documents again. All of it is best effort: whatever goes wrong is a line in the log, and the documents
// are read again.
//
// When: after much was read, and after each answer; the engine's thread only takes an image (copies of the
// rings and of the last page, a few milliseconds), a thread of its own reads the pages and writes. So neither
// the first token nor Stop waits for the disk. Methods: the engine's thread.
#pragma once

#include "app/session/shared_store.h"
#include "app/worker/snapshot_disk.h"
#include "engine/snapshot/snapshot_restore.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace lectern {

struct SnapshotChoice;

class SnapshotKeeper {
public:
    SnapshotKeeper(std::shared_ptr<SharedStore> store, const std::string& cacheFolder);
    ~SnapshotKeeper(); // gives the write under way a moment, then gives it up

    // Bytes for the snapshots of all sessions; -1: SnapshotDisk::defaultBudget(); 0: none are written.
    void setBudget(std::int64_t bytes);

    // Puts a snapshot into the engine where that saves more of the prompt than what the engine holds: the
    // session's own, or that of another session which begins with the same text.
    void restore(SessionId session, const SnapshotIdentity& identity, EngineSession& engine,
                 std::span<const TokenId> prompt);
    // Writes what the engine holds as the session's snapshot, in the background.
    void save(SessionId session, const SnapshotIdentity& identity, EngineSession& engine);
    // Of the session's snapshot on disk; 0: none.
    std::uint64_t bytesOnDisk(SessionId session) const;
    // Until all is written, or cancelled.
    void wait(const CancelToken& cancel);

private:
    using ManifestPtr = std::shared_ptr<const SnapshotManifest>;
    struct Job {
        SessionId session;
        SnapshotIdentity identity;
        SessionImage image;
    };

    void work();
    void write(const Job& job);
    void sweep();
    void trim();
    std::uint64_t budget() const;
    void drop(SessionId session);
    void discard(const SnapshotRow& row, const Error& error);
    void prefer(const SnapshotRow& row, const SnapshotIdentity& identity, const LayerPlan& plan,
                std::span<const TokenId> prompt, SnapshotChoice& choice);
    ManifestPtr known(SessionId session, const SnapshotIdentity& identity) const;
    void remember(SessionId session, ManifestPtr manifest);

    std::shared_ptr<SharedStore> m_store;
    SnapshotDisk m_disk;
    mutable std::mutex m_mutex; // of everything below
    std::condition_variable m_changed;
    std::map<std::int64_t, ManifestPtr> m_manifests; // of sessions used in this run
    std::deque<Job> m_jobs;
    std::int64_t m_budget = -1;
    bool m_trim = false; // the budget has changed
    bool m_busy = true;  // the sweep comes first
    bool m_ending = false;
    CancelToken m_stop;
    std::thread m_thread;
};

} // namespace lectern
