#include "app/session/store_file.h"

#include "app/session/migrations.h"
#include "app/session/store_connection.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <SQLiteCpp/Transaction.h>
#include <unistd.h>

namespace lectern {

namespace {

namespace fs = std::filesystem;

// A store up to this size is checked page by page at each open (well under a second); a larger one in the
// background.
constexpr std::uintmax_t kCheckAtOpenBytes = std::uintmax_t(32) << 20;

constexpr std::string_view kMagic("SQLite format 3\0", 16);

// So that a rename outlives a power cut.
bool syncFolderOf(const std::string& path)
{
    const std::string folder = fs::path(path).parent_path().string();
    const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && (::fsync(fd) == 0 || errno == EINVAL);
    if (fd >= 0)
        ::close(fd);
    return synced;
}

bool beginsLikeSqlite(const std::string& path)
{
    std::array<char, 16> head{};
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), head.size());
    return file.gcount() == static_cast<std::streamsize>(head.size()) &&
           std::string_view(head.data(), head.size()) == kMagic;
}

// Every table, index and trigger with its SQL, in a fixed order.
std::string schemaOf(SQLite::Database& database)
{
    SQLite::Statement query(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema "
                                      "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name");
    std::string schema;
    while (query.executeStep())
        for (int column = 0; column < 4; ++column)
            schema += query.getColumn(column).getString() + '\n';
    return schema;
}

// What schemaOf() gives for an undamaged store of `version`.
std::string ownSchema(int version)
{
    SQLite::Database memory(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (int step = 0; step < version; ++step)
        memory.exec(migrations()[static_cast<std::size_t>(step)]);
    return schemaOf(memory);
}

StoreFileFacts inspectDatabase(SQLite::Database& database, const std::string& path, std::uintmax_t bytes)
{
    StoreFileFacts facts;
    facts.version = static_cast<int>(queryNumber(database, "PRAGMA user_version"));
    const auto application = queryNumber(database, "PRAGMA application_id");
    const auto tables = queryNumber(database, "SELECT count(*) FROM sqlite_schema");
    if (application == 0 && facts.version == 0 && tables == 0)
        facts.state = StoreFileState::New;
    else if (application != kStoreApplicationId)
        facts.state = StoreFileState::Foreign;
    else if (facts.version > currentStoreVersion())
        facts.state = StoreFileState::Newer;
    else if (facts.version <= 0 || schemaOf(database) != ownSchema(facts.version))
        facts = {StoreFileState::Damaged, facts.version,
                 damagedStore(path, "its tables are not those of its version")};
    else
        facts.state = facts.version == currentStoreVersion() ? StoreFileState::Current : StoreFileState::Old;
    const bool ours = facts.state == StoreFileState::Current || facts.state == StoreFileState::Old;
    if (ours && bytes <= kCheckAtOpenBytes) {
        const std::string verdict = database.execAndGet("PRAGMA quick_check(1)").getString();
        if (verdict != "ok")
            facts = {StoreFileState::Damaged, facts.version, damagedStore(path, verdict)};
    }
    return facts;
}

} // namespace

Result<StoreFileFacts> inspectStoreFile(const std::string& path)
{
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory)
        return StoreFileFacts{};
    if (error)
        return fail(ErrorCode::Disk,
                    "The session store " + path + " can not be read: " + error.message() + ".",
                    "Check the permissions of the file and its folder.");
    if (bytes > 0 && !beginsLikeSqlite(path))
        return StoreFileFacts{StoreFileState::Damaged, 0, damagedStore(path, "it is not a database")};
    if (bytes == 0)
        return StoreFileFacts{};
    const auto inspected = guarded(path, [&] {
        SQLite::Database database = openConnection(path, ConnectionUse::Read);
        return inspectDatabase(database, path, bytes);
    });
    // Internal: SQLite reads it as a database of a kind that no SQLite writes.
    if (!inspected &&
        (inspected.error().code == ErrorCode::BadInput || inspected.error().code == ErrorCode::Internal))
        return StoreFileFacts{StoreFileState::Damaged, 0, damagedStore(path, "SQLite can not read it")};
    return inspected;
}

std::string fileDate()
{
    const std::time_t now = std::time(nullptr);
    std::tm parts = {};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &parts);
    return text.data();
}

Result<std::string> moveStoreAside(const std::string& path)
{
    const std::string wanted = path + ".corrupt-" + fileDate();
    std::string target = wanted;
    std::error_code error;
    for (int i = 2; fs::exists(target, error) || fs::exists(target + "-wal", error); ++i)
        target = wanted + "-" + std::to_string(i);
    // The journal first: alone it is harmless, while a new store beside an old journal would not be.
    for (const char* part : {"-wal", "-shm", ""}) {
        if (!fs::exists(path + part, error))
            continue;
        fs::rename(path + part, target + part, error);
        if (error)
            return fail(ErrorCode::Disk,
                        "The damaged session store " + path + " can not be moved aside: " + error.message() +
                            ".",
                        "Check the permissions of its folder.");
    }
    return target;
}

std::string backupBeforeMigration(SQLite::Database& database, const std::string& path, int version)
{
    const std::string target = path + ".backup-v" + std::to_string(version) + "-" + fileDate();
    std::error_code error;
    fs::remove(target, error); // half of one, from a crash within the same second
    SQLite::Statement backup(database, "VACUUM INTO ?");
    backup.bind(1, target);
    backup.exec();
    return target;
}

void createStoreFile(const std::string& path)
{
    const std::string making = path + ".new";
    std::error_code error;
    for (const char* part : {"", "-wal", "-shm", "-journal"})
        fs::remove(making + part, error);
    {
        SQLite::Database database = openConnection(making, ConnectionUse::Create);
        migrateStore(database, 0);
        if (queryNumber(database, "PRAGMA wal_checkpoint(TRUNCATE)") != 0)
            throw StoreFailure{{ErrorCode::Disk, "The new session store could not be written to the disk.",
                                "Check the disk and its free space.", 0, 0}};
    }
    // An empty file, or the journal of a store that is gone, has nothing to keep.
    for (const char* part : {"-wal", "-shm", "-journal"})
        fs::remove(path + part, error);
    fs::rename(making, path, error);
    const bool synced = !error && syncFolderOf(path);
    if (!synced)
        throw StoreFailure{{ErrorCode::Disk, "The new session store could not be put at " + path + ".",
                            "Check the permissions of its folder.", 0, 0}};
}

void migrateStore(SQLite::Database& database, int fromVersion)
{
    for (int version = fromVersion; version < currentStoreVersion(); ++version) {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        database.exec(migrations()[static_cast<std::size_t>(version)]);
        if (version == 0)
            database.exec("PRAGMA application_id = " + std::to_string(kStoreApplicationId));
        database.exec("PRAGMA user_version = " + std::to_string(version + 1));
        transaction.commit();
    }
}

} // namespace lectern
