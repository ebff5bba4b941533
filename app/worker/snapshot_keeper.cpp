#include "app/worker/snapshot_keeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace lectern {

namespace {

constexpr auto kPatience = std::chrono::milliseconds(1500); // at the end, with the write under way
constexpr std::size_t kOthersLookedAt = 8;                  // sessions that may begin with the same text
constexpr std::int64_t kWorthMore = 256; // tokens a snapshot must save beyond what is there

void log(const char* what, SessionId session, const Error& error)
{
    spdlog::info("snapshot of session {}: {}: {}", session.value, what, error.message);
}

} // namespace

struct SnapshotChoice {
    SnapshotRow row;
    std::shared_ptr<const SnapshotManifest> manifest;
    std::int64_t reusable = 0;
};

SnapshotKeeper::SnapshotKeeper(std::shared_ptr<SharedStore> store, const std::string& cacheFolder)
    : m_store(std::move(store)), m_disk(cacheFolder, m_store->run([](SessionStore& s) { return s.path(); })),
      m_thread([this] { work(); })
{
}

SnapshotKeeper::~SnapshotKeeper()
{
    {
        std::unique_lock lock(m_mutex);
        m_ending = true;
        m_changed.notify_all();
        m_changed.wait_for(lock, kPatience, [this] { return m_jobs.empty() && !m_busy && !m_trim; });
        m_jobs.clear();
    }
    m_stop.cancel();
    m_thread.join();
}

void SnapshotKeeper::setBudget(std::int64_t bytes)
{
    const std::lock_guard lock(m_mutex);
    m_trim = m_trim || m_budget != bytes;
    m_budget = bytes;
    m_changed.notify_all();
}

std::uint64_t SnapshotKeeper::budget() const
{
    std::int64_t budget = 0;
    {
        const std::lock_guard lock(m_mutex);
        budget = m_budget;
    }
    return budget < 0 ? m_disk.defaultBudget() : static_cast<std::uint64_t>(budget);
}

void SnapshotKeeper::wait(const CancelToken& cancel)
{
    std::unique_lock lock(m_mutex);
    while (!cancel.isCancelled() && (!m_jobs.empty() || m_busy || m_trim))
        m_changed.wait_for(lock, std::chrono::milliseconds(50));
}

SnapshotKeeper::ManifestPtr SnapshotKeeper::known(SessionId session, const SnapshotIdentity& identity) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_manifests.find(session.value);
    return found != m_manifests.end() && found->second->identity == identity ? found->second : nullptr;
}

void SnapshotKeeper::remember(SessionId session, ManifestPtr manifest)
{
    const std::lock_guard lock(m_mutex);
    if (manifest)
        m_manifests[session.value] = std::move(manifest);
    else
        m_manifests.erase(session.value);
}

std::uint64_t SnapshotKeeper::bytesOnDisk(SessionId session) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_manifests.find(session.value);
    return found == m_manifests.end() ? 0 : found->second->segmentBytes();
}

void SnapshotKeeper::drop(SessionId session)
{
    remember(session, nullptr);
    (void)m_store->run([&](SessionStore& store) { return store.forgetSnapshot(session); });
    m_disk.remove(session);
}

void SnapshotKeeper::discard(const SnapshotRow& row, const Error& error)
{
    log("discarded", row.session, error);
    // Unless the other thread has put a newer one in its place meanwhile.
    const auto rows = m_store->run([](SessionStore& store) { return store.snapshots(); });
    const bool replaced = rows && std::any_of(rows->begin(), rows->end(), [&](const SnapshotRow& now) {
                              return now.session == row.session && now.generation != row.generation;
                          });
    if (!replaced)
        drop(row.session);
}

void SnapshotKeeper::prefer(const SnapshotRow& row, const SnapshotIdentity& identity, const LayerPlan& plan,
                            std::span<const TokenId> prompt, SnapshotChoice& choice)
{
    ManifestPtr manifest = known(row.session, identity);
    if (!manifest || manifest->generation != row.generation) {
        auto read = SnapshotFolder(m_disk.sessionFolder(row.session)).manifest(row.generation);
        if (!read) {
            discard(row, read.error());
            return;
        }
        manifest = std::make_shared<const SnapshotManifest>(std::move(*read));
    }
    const std::int64_t reusable = reusableTokens(*manifest, identity, plan, prompt);
    if (reusable > choice.reusable)
        choice = {row, std::move(manifest), reusable};
}

void SnapshotKeeper::restore(SessionId session, const SnapshotIdentity& identity, EngineSession& engine,
                             std::span<const TokenId> prompt)
{
    const auto rows = m_store->run([](SessionStore& store) { return store.snapshots(); });
    const std::int64_t there = engine.wouldReuse(prompt);
    if (!rows || identity.model.empty() || static_cast<std::int64_t>(prompt.size()) - there <= kWorthMore)
        return;
    SnapshotChoice choice;
    for (const SnapshotRow& row : *rows)
        if (row.session == session)
            prefer(row, identity, engine.plan(), prompt, choice);
    if (choice.manifest)
        remember(session, choice.manifest);
    std::size_t looked = 0;
    for (const SnapshotRow& row : *rows)
        if (row.session != session && row.tokens > std::max(there, choice.reusable) + kWorthMore &&
            looked++ < kOthersLookedAt)
            prefer(row, identity, engine.plan(), prompt, choice);
    if (!choice.manifest || choice.reusable < there + kWorthMore)
        return;
    const SnapshotFolder folder(m_disk.sessionFolder(choice.row.session));
    if (const Status restored = restoreSnapshot(folder, *choice.manifest, engine); !restored) {
        if (restored.error().code == ErrorCode::OutOfMemory)
            log("not used", choice.row.session, restored.error());
        else
            discard(choice.row, restored.error());
        return;
    }
    m_disk.touch(folder.manifestPath(choice.manifest->generation));
    spdlog::info("snapshot of session {}: {} tokens need not be read again", choice.row.session.value,
                 choice.reusable);
}

void SnapshotKeeper::save(SessionId session, const SnapshotIdentity& identity, EngineSession& engine)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_budget == 0 || identity.model.empty())
            return;
    }
    const auto start = std::chrono::steady_clock::now();
    const ManifestPtr previous = known(session, identity);
    auto image = engine.image(previous ? commonTokens(previous->text.tokens, engine.tokens()) : 0);
    if (!image)
        return log("not written", session, image.error());
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    spdlog::debug("snapshot of session {}: image of {} tokens in {:.1f} ms", session.value,
                  image->tokens.size(), took.count());
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_jobs, [&](const Job& job) { return job.session == session; });
    m_jobs.push_back({session, identity, std::move(*image)});
    m_changed.notify_all();
}

void SnapshotKeeper::work()
{
    sweep();
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_busy = false;
        m_changed.notify_all();
        m_changed.wait(lock, [this] { return m_ending || m_trim || !m_jobs.empty(); });
        if (!m_trim && m_jobs.empty())
            return;
        m_busy = true;
        if (m_trim) {
            m_trim = false;
            lock.unlock();
            trim();
        } else {
            const Job job = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            write(job);
        }
        lock.lock();
    }
}

void SnapshotKeeper::trim()
{
    std::vector<SessionId> evicted;
    m_disk.trim(budget(), evicted);
    for (const SessionId session : evicted)
        drop(session);
}

void SnapshotKeeper::write(const Job& job)
{
    const auto rows = m_store->run([](SessionStore& store) { return store.snapshots(); });
    if (!rows)
        return log("not written", job.session, rows.error());
    const auto row = std::find_if(rows->begin(), rows->end(),
                                  [&](const SnapshotRow& r) { return r.session == job.session; });
    ManifestPtr previous = known(job.session, job.identity);
    const SnapshotFolder folder(m_disk.sessionFolder(job.session));
    if (row == rows->end() ||
        (previous && (previous->generation != row->generation || !folder.isPresent(*previous))))
        previous = nullptr;
    std::vector<SessionId> evicted;
    const bool room = m_disk.makeSessionFolder(job.session) &&
                      m_disk.makeRoom(SnapshotFolder::bytesToWrite(job.image, previous.get()), budget(),
                                      job.session, evicted);
    for (const SessionId session : evicted) {
        spdlog::info("snapshot of session {}: made room for that of session {}", session.value,
                     job.session.value);
        drop(session);
    }
    if (!room) {
        spdlog::info("snapshot of session {}: not written, there is no room for it", job.session.value);
        return;
    }
    auto written = folder.write(row == rows->end() ? 1 : row->generation + 1, job.identity, job.image,
                                previous.get(), m_stop);
    if (!written) {
        log("not written", job.session, written.error());
        if (written.error().code == ErrorCode::Internal || written.error().code == ErrorCode::BadInput)
            drop(job.session); // what it was to build on is no good
        return;
    }
    const auto manifest = std::make_shared<const SnapshotManifest>(std::move(*written));
    const Status noted = m_store->run([&](SessionStore& store) {
        return store.noteSnapshot(job.session, {{},
                                                manifest->generation,
                                                static_cast<std::int64_t>(manifest->text.tokens.size()),
                                                manifest->segmentBytes(),
                                                0});
    });
    if (!noted) {
        log("not kept", job.session, noted.error());
        if (noted.error().code == ErrorCode::NotFound)
            drop(job.session); // the session is gone
        return;
    }
    remember(job.session, manifest);
    folder.removeOthers(*manifest);
    spdlog::debug("snapshot of session {}: {} tokens, {} bytes on disk in {} files", job.session.value,
                  manifest->text.tokens.size(), manifest->segmentBytes(), manifest->segments.size());
}

// Left-overs of a run that ended in the middle, and of sessions that are gone.
void SnapshotKeeper::sweep()
{
    const auto rows = m_store->run([](SessionStore& store) { return store.snapshots(); });
    // Not beside another Lectern, which then is the one that writes.
    const Status writable =
        m_store->run([](SessionStore& store) { return store.forgetSnapshot(SessionId(0)); });
    if (!rows || !writable)
        return;
    for (const SessionId session : m_disk.sessions()) {
        const auto row =
            std::find_if(rows->begin(), rows->end(), [&](const auto& r) { return r.session == session; });
        if (row == rows->end()) {
            m_disk.remove(session);
            continue;
        }
        const SnapshotFolder folder(m_disk.sessionFolder(session));
        if (const auto manifest = folder.manifest(row->generation))
            folder.removeOthers(*manifest);
        else
            drop(session);
    }
}

} // namespace lectern
