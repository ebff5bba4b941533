// The store as a file: what is at a path, moving a damaged one aside, bringing an old one up to date.
#pragma once

#include "engine/base/result.h"

#include <SQLiteCpp/Database.h>
#include <string>

namespace lectern {

enum class StoreFileState { New, Current, Old, Newer, Foreign, Damaged };

struct StoreFileFacts {
    StoreFileState state = StoreFileState::New;
    int version = 0;
    Error damage; // where state is Damaged
};

// Looks without writing to the file. Disk where it can not be read at all.
Result<StoreFileFacts> inspectStoreFile(const std::string& path);

// Renames the file and its -wal and -shm to NAME.corrupt-DATE...; the new name of the file.
Result<std::string> moveStoreAside(const std::string& path);

// Throws like openConnection(). A new store of this version at `path`, where none is: made beside it and
// renamed when it is whole, so that no crash leaves half of one.
void createStoreFile(const std::string& path);

// Throw like openConnection(). The backup is a compact copy made by SQLite itself.
std::string backupBeforeMigration(SQLite::Database& database, const std::string& path, int version);
void migrateStore(SQLite::Database& database, int fromVersion);

// "20260131-235959", in UTC.
std::string fileDate();

} // namespace lectern
