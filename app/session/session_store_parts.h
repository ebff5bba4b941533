// Inside of SessionStore; only its own source files include this.
#pragma once

#include "app/session/session_store.h"
#include "app/session/store_connection.h"

#include <memory>
#include <QLockFile>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <string>

namespace lectern {

struct SessionStore::Parts {
    std::string path;
    std::unique_ptr<QLockFile> lock; // given back after the connection is closed
    SQLite::Database database;
    StoreOpenReport report;

    // Throw StoreFailure (NotFound) where there is no such row.
    void requireSession(SessionId id);
    void touchSession(SessionId id);

    // One transaction: all of `work` or nothing.
    template <typename Work> auto write(Work&& work) -> Result<std::invoke_result_t<Work>>
    {
        return guarded(path, [&] {
            SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
            if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
                work();
                transaction.commit();
            } else {
                auto result = work();
                transaction.commit();
                return result;
            }
        });
    }
    template <typename Work> auto read(Work&& work) -> Result<std::invoke_result_t<Work>>
    {
        return guarded(path, std::forward<Work>(work));
    }
};

// Appends a message to the session.
MessageId insertMessage(SQLite::Database& database, SessionId session, MessageRole role, MessageState state,
                        const std::string& text);
// Inside a transaction. All of a document, linked to the session as its last; throws StoreFailure (Cancelled).
DocumentId insertDocument(SQLite::Database& database, SessionId session, const Document& document,
                          const CancelToken& cancel);
SessionId insertSession(SQLite::Database& database, const std::string& name);

[[noreturn]] void throwNotFound(const std::string& what, std::int64_t id);

} // namespace lectern
