#include "app/session/store_connection.h"

#include "app/documents/input_file.h"

#include <chrono>
#include <sqlite3.h>
#include <string_view>

namespace lectern {

namespace {

constexpr int kBusyTimeoutMs = 5000;

void setOption(SQLite::Database& database, int option, int value)
{
    int now = 0;
    if (sqlite3_db_config(database.getHandle(), option, value, &now) != SQLITE_OK || now != value)
        throw StoreFailure{{ErrorCode::Internal,
                            "The SQLite library on this computer lacks a protection Lectern needs.",
                            "Install SQLite 3.40 or newer.", 0, 0}};
}

} // namespace

Error damagedStore(const std::string& path, const std::string& why)
{
    // What SQLite says has line ends and, of a damaged file, anything at all in it.
    return {ErrorCode::BadInput,
            "The session store " + shownPath(path) + " is damaged" + (why.empty() ? "" : ": " + shownPath(why)) + ".",
            "Let Lectern move it aside and begin a new one; the damaged file is kept.", 0, 0};
}

Error storeError(const SQLite::Exception& exception, const std::string& storePath)
{
    const std::string path = shownPath(storePath);
    const std::string detail = " (" + shownPath(exception.what()) + ")";
    // The one damage that FTS5 reports as a plain error.
    if (std::string_view(exception.what()).starts_with("invalid fts5 file format"))
        return damagedStore(storePath, exception.what());
    switch (exception.getErrorCode() & 0xFF) {
    case SQLITE_FULL:
        return {ErrorCode::Disk, "The disk is full, so this was not saved; everything saved before is safe.",
                "Free some space and try again.", 0, 0};
    case SQLITE_IOERR:
        return {ErrorCode::Disk, "The disk could not be read or written at " + path + detail + ".",
                "Check the disk and its free space; everything saved before is safe.", 0, 0};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        return {ErrorCode::Disk, "The session store " + path + " can not be opened or written" + detail + ".",
                "Check the permissions of the file and its folder.", 0, 0};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return damagedStore(storePath, exception.what());
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorCode::Usage, "Another program is using the session store " + path + ".",
                "Close it and try again.", 0, 0};
    case SQLITE_NOMEM:
        return {ErrorCode::OutOfMemory, "There is not enough memory for this in the session store.",
                "Close other programs and try again.", 0, 0};
    case SQLITE_TOOBIG:
        return {ErrorCode::TooLong, "This is too large for the session store.",
                "Split it into smaller parts.", 0, 0};
    default:
        return {ErrorCode::Internal, "The session store could not do this" + detail + ".",
                "Please report this.", 0, 0};
    }
}

SQLite::Database openConnection(const std::string& path, ConnectionUse use)
{
    const int flags = use == ConnectionUse::Read    ? SQLite::OPEN_READONLY
                      : use == ConnectionUse::Write ? SQLite::OPEN_READWRITE
                                                    : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE;
    SQLite::Database database(path, flags, kBusyTimeoutMs);
    setOption(database, SQLITE_DBCONFIG_DEFENSIVE, 1);
    // Our triggers write to the search index, which this SQLite allows only to a schema that is trusted. A
    // writing connection is opened only after inspectStoreFile() found the schema to be word for word our
    // own.
    setOption(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, use == ConnectionUse::Read ? 0 : 1);
    database.exec("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON;");
    if (use == ConnectionUse::Read) {
        setOption(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
        database.exec("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
        return database;
    }
    const std::string mode = database.execAndGet("PRAGMA journal_mode = WAL").getString();
    if (mode != "wal")
        throw StoreFailure{
            {ErrorCode::Disk,
             "The folder of " + path + " is on a file system that can not keep the session store safe.",
             "Choose a data folder on a local disk.", 0, 0}};
    // FULL: a commit is on the disk before the call returns.
    database.exec("PRAGMA synchronous = FULL;");
    return database;
}

std::int64_t queryNumber(SQLite::Database& database, const std::string& sql)
{
    return database.execAndGet(sql).getInt64();
}

std::int64_t nowMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace lectern
