#include "app/session/migrations.h"
#include "app/session/session_store_parts.h"
#include "app/session/store_file.h"

#include <filesystem>
#include <new>
#include <QString>
#include <utility>

namespace lectern {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMsPerDay = 24LL * 60 * 60 * 1000;

Status makeFolderOf(const std::string& path)
{
    std::error_code error;
    const fs::path folder = fs::path(path).parent_path();
    if (!folder.empty())
        fs::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Disk,
                    "The folder " + folder.string() + " can not be made: " + error.message() + ".",
                    "Choose another data folder.");
    return {};
}

Result<std::unique_ptr<QLockFile>> takeLock(const std::string& path)
{
    auto lock = std::make_unique<QLockFile>(QString::fromStdString(path + ".lock"));
    lock->setStaleLockTime(0); // stale only if its process is gone
    if (lock->tryLock(0))
        return lock;
    if (lock->error() != QLockFile::LockFailedError)
        return fail(ErrorCode::Disk, "The folder of the session store " + path + " can not be written.",
                    "Check its permissions, or choose another data folder.");
    qint64 process = 0;
    QString host;
    QString program;
    lock->getLockInfo(&process, &host, &program);
    return fail(ErrorCode::Usage,
                "The session store " + path + " is in use by another Lectern (process " +
                    std::to_string(process) + ").",
                "Use that window, or close it and try again.");
}

Status refuse(const StoreFileFacts& facts, const std::string& path)
{
    switch (facts.state) {
    case StoreFileState::Newer:
        return fail(ErrorCode::Unsupported,
                    "The session store " + path + " was written by a newer Lectern (version " +
                        std::to_string(facts.version) + " of the store, this one knows " +
                        std::to_string(currentStoreVersion()) + "), so it was not opened.",
                    "Update Lectern, or choose another data folder.");
    case StoreFileState::Foreign:
        return fail(ErrorCode::Unsupported,
                    "The file " + path + " belongs to another program, so it was not opened.",
                    "Choose another data folder.");
    case StoreFileState::Damaged:
        return tl::unexpected<Error>(facts.damage);
    case StoreFileState::New:
    case StoreFileState::Current:
    case StoreFileState::Old:
        return {};
    }
    return {};
}

// Half-written answers of a run that ended without saying so, and what has been long enough in the trash.
void sweep(SQLite::Database& database, std::uint32_t trashDays, StoreOpenReport& report)
{
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement interrupt(database,
                                "UPDATE message SET state = ?, stop_reason = 'crash', finished_ms = ? "
                                "WHERE state = ?");
    interrupt.bind(1, static_cast<int>(MessageState::Interrupted));
    interrupt.bind(2, nowMs());
    interrupt.bind(3, static_cast<int>(MessageState::Generating));
    report.interrupted = static_cast<std::uint32_t>(interrupt.exec());
    SQLite::Statement purge(database, "DELETE FROM session WHERE trashed_ms < ?");
    purge.bind(1, nowMs() - std::int64_t(trashDays) * kMsPerDay);
    report.purged = static_cast<std::uint32_t>(purge.exec());
    if (report.purged > 0)
        database.exec("DELETE FROM document WHERE id NOT IN (SELECT document_id FROM session_document)");
    transaction.commit();
}

} // namespace

Result<SessionStore> SessionStore::open(const std::string& path, const StoreOptions& options)
try {
    const bool writes = options.mode == StoreMode::ReadWrite;
    std::unique_ptr<QLockFile> lock;
    if (writes) {
        if (const Status made = makeFolderOf(path); !made)
            return failed(made);
        Result<std::unique_ptr<QLockFile>> taken = takeLock(path);
        if (!taken)
            return failed(taken);
        lock = std::move(*taken);
    }
    Result<StoreFileFacts> facts = inspectStoreFile(path);
    if (!facts)
        return failed(facts);
    StoreOpenReport report;
    if (facts->state == StoreFileState::Damaged && writes && options.damaged == DamagedStore::MoveAside) {
        const Result<std::string> moved = moveStoreAside(path);
        if (!moved)
            return failed(moved);
        report.movedAsidePath = *moved;
        facts = StoreFileFacts{};
    }
    if (const Status refused = refuse(*facts, path); !refused)
        return failed(refused);
    if (!writes && facts->state != StoreFileState::Current)
        return fail(ErrorCode::NotFound, "There is no session store of this version at " + path + ".",
                    "Start Lectern once, or check the data folder.");
    report.created = facts->state == StoreFileState::New;
    report.migratedFrom = facts->state == StoreFileState::Old ? facts->version : 0;

    auto parts = guarded(path, [&] {
        if (report.created)
            createStoreFile(path);
        SQLite::Database database = openConnection(path, writes ? ConnectionUse::Write : ConnectionUse::Read);
        if (report.migratedFrom > 0) {
            report.backupPath = backupBeforeMigration(database, path, facts->version);
            migrateStore(database, facts->version);
        }
        if (writes)
            sweep(database, options.trashDays, report);
        return std::make_unique<Parts>(Parts{path, std::move(lock), std::move(database), std::move(report)});
    });
    if (!parts)
        return failed(parts);
    return SessionStore(std::move(*parts));
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "There is not enough memory to open the session store.",
                "Close other programs and try again.");
}

SessionStore::SessionStore(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}
SessionStore::SessionStore(SessionStore&&) noexcept = default;
SessionStore& SessionStore::operator=(SessionStore&&) noexcept = default;
SessionStore::~SessionStore() = default;

const StoreOpenReport& SessionStore::openReport() const
{
    return m_parts->report;
}

const std::string& SessionStore::path() const
{
    return m_parts->path;
}

Status SessionStore::backup(const std::string& target) const
{
    std::error_code error;
    if (fs::exists(target, error))
        return fail(ErrorCode::Usage, target + " exists already.", "Choose another name.");
    return m_parts->read([&] {
        SQLite::Statement copy(m_parts->database, "VACUUM INTO ?");
        copy.bind(1, target);
        copy.exec();
    });
}

Result<std::string> SessionStore::moveAside(const std::string& path)
{
    const Result<std::unique_ptr<QLockFile>> lock = takeLock(path);
    return lock ? moveStoreAside(path) : Result<std::string>(failed(lock));
}

Status SessionStore::checkIntegrity(const std::string& path)
{
    const Result<std::string> verdict = guarded(path, [&] {
        SQLite::Database database = openConnection(path, ConnectionUse::Read);
        return database.execAndGet("PRAGMA integrity_check(1)").getString();
    });
    if (!verdict)
        return failed(verdict);
    if (*verdict != "ok")
        return tl::unexpected<Error>(damagedStore(path, *verdict));
    return {};
}

} // namespace lectern
