// A session store as an earlier Lectern left it, with something of everything in it.
#pragma once

#include "app/session/migrations.h"

#include <SQLiteCpp/Database.h>
#include <string>

namespace lectern::test {

// Session 7 "old" with document 3 ("old words"), a question and an answer that was being written.
inline void makeOldStore(const std::string& path, int version)
{
    SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = WAL"); // as every version has kept it
    for (int step = 0; step < version; ++step)
        database.exec(migrations()[std::size_t(step)]);
    database.exec("PRAGMA application_id = " + std::to_string(kStoreApplicationId) +
                  "; PRAGMA user_version = " + std::to_string(version) +
                  "; INSERT INTO session(id, name, created_ms, changed_ms) VALUES (7, 'old', 1, 2);"
                  "INSERT INTO document VALUES (3, 'd', '/d', 'text', 9, 0, 0, 9, 0, 0, "
                  "'{\"pages\":[],\"files\":[],\"warnings\":[],\"skipped\":[]}');"
                  "INSERT INTO passage VALUES (1, 3, 0, 'old words');"
                  "INSERT INTO session_document VALUES (7, 3, 0);"
                  "INSERT INTO message(session_id, ordinal, role, state, text, created_ms) VALUES "
                  "(7, 0, 0, 0, 'an old question', 1), (7, 1, 1, 1, 'half', 1)");
}

} // namespace lectern::test
