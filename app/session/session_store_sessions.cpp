#include "app/session/session_store_parts.h"

namespace lectern {

namespace {

constexpr const char* kSelectSessions =
    "SELECT id, name, created_ms, changed_ms, trashed_ms, pinned, model, plan, draft, "
    "(SELECT count(*) FROM session_document WHERE session_id = session.id), "
    "(SELECT count(*) FROM message WHERE session_id = session.id) FROM session ";

SessionInfo sessionFrom(SQLite::Statement& row)
{
    SessionInfo info;
    info.id = SessionId(row.getColumn(0).getInt64());
    info.name = row.getColumn(1).getString();
    info.createdMs = row.getColumn(2).getInt64();
    info.changedMs = row.getColumn(3).getInt64();
    if (!row.getColumn(4).isNull())
        info.trashedMs = row.getColumn(4).getInt64();
    info.pinned = row.getColumn(5).getInt() != 0;
    info.model = row.getColumn(6).getString();
    info.plan = row.getColumn(7).getString();
    info.draft = row.getColumn(8).getString();
    info.documentCount = row.getColumn(9).getUInt();
    info.messageCount = row.getColumn(10).getUInt();
    return info;
}

std::vector<SessionInfo> listSessions(SQLite::Database& database, const char* which)
{
    SQLite::Statement query(database, std::string(kSelectSessions) + which);
    std::vector<SessionInfo> sessions;
    while (query.executeStep())
        sessions.push_back(sessionFrom(query));
    return sessions;
}

// Runs one UPDATE or DELETE whose ?1 is the session.
void changeSession(SQLite::Statement& change, SessionId id)
{
    change.bind(1, id.value);
    if (change.exec() == 0)
        throwNotFound("session", id.value);
}

} // namespace

SessionId insertSession(SQLite::Database& database, const std::string& name)
{
    SQLite::Statement insert(database,
                             "INSERT INTO session(name, created_ms, changed_ms) VALUES (?1, ?2, ?2)");
    insert.bind(1, name);
    insert.bind(2, nowMs());
    insert.exec();
    return SessionId(database.getLastInsertRowid());
}

void throwNotFound(const std::string& what, std::int64_t id)
{
    throw StoreFailure{{ErrorCode::NotFound,
                        "There is no " + what + " with the number " + std::to_string(id) + ".",
                        "List what there is with: lectern-cli sessions list", 0, 0}};
}

void SessionStore::Parts::requireSession(SessionId id)
{
    SQLite::Statement query(database, "SELECT 1 FROM session WHERE id = ?");
    query.bind(1, id.value);
    if (!query.executeStep())
        throwNotFound("session", id.value);
}

void SessionStore::Parts::touchSession(SessionId id)
{
    SQLite::Statement touch(database, "UPDATE session SET changed_ms = ?2 WHERE id = ?1");
    touch.bind(2, nowMs());
    changeSession(touch, id);
}

Result<SessionId> SessionStore::createSession(const std::string& name)
{
    return m_parts->write([&] { return insertSession(m_parts->database, name); });
}

Result<std::vector<SessionInfo>> SessionStore::sessions() const
{
    return m_parts->read([&] {
        return listSessions(m_parts->database,
                            "WHERE trashed_ms IS NULL ORDER BY pinned DESC, changed_ms DESC, id DESC");
    });
}

Result<std::vector<SessionInfo>> SessionStore::trash() const
{
    return m_parts->read([&] {
        return listSessions(m_parts->database,
                            "WHERE trashed_ms IS NOT NULL ORDER BY trashed_ms DESC, id DESC");
    });
}

Result<SessionInfo> SessionStore::session(SessionId id) const
{
    return m_parts->read([&] {
        SQLite::Statement query(m_parts->database, std::string(kSelectSessions) + "WHERE id = ?");
        query.bind(1, id.value);
        if (!query.executeStep())
            throwNotFound("session", id.value);
        return sessionFrom(query);
    });
}

Status SessionStore::renameSession(SessionId id, const std::string& name)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database,
                                 "UPDATE session SET name = ?2, changed_ms = ?3 WHERE id = ?1");
        change.bind(2, name);
        change.bind(3, nowMs());
        changeSession(change, id);
    });
}

Status SessionStore::setPinned(SessionId id, bool pinned)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "UPDATE session SET pinned = ?2 WHERE id = ?1");
        change.bind(2, pinned ? 1 : 0);
        changeSession(change, id);
    });
}

Status SessionStore::setModel(SessionId id, const std::string& model, const std::string& plan)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "UPDATE session SET model = ?2, plan = ?3 WHERE id = ?1");
        change.bind(2, model);
        change.bind(3, plan);
        changeSession(change, id);
    });
}

Status SessionStore::setDraft(SessionId id, const std::string& draft)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "UPDATE session SET draft = ?2 WHERE id = ?1");
        change.bind(2, draft);
        changeSession(change, id);
    });
}

Result<SessionId> SessionStore::duplicateSession(SessionId id, const std::string& name,
                                                 std::optional<MessageId> upTo)
{
    return m_parts->write([&] {
        m_parts->requireSession(id);
        SQLite::Database& database = m_parts->database;
        const SessionId copy = insertSession(database, name);
        SQLite::Statement settings(database, "UPDATE session SET (model, plan) = "
                                             "(SELECT model, plan FROM session WHERE id = ?2) WHERE id = ?1");
        settings.bind(2, id.value);
        changeSession(settings, copy);
        SQLite::Statement documents(database,
                                    "INSERT INTO session_document(session_id, document_id, ordinal) "
                                    "SELECT ?1, document_id, ordinal FROM session_document "
                                    "WHERE session_id = ?2");
        documents.bind(1, copy.value);
        documents.bind(2, id.value);
        documents.exec();
        // An answer still being written in the original will never be finished in the copy.
        SQLite::Statement messages(
            database,
            "INSERT INTO message(session_id, ordinal, role, state, text, stop_reason, stats, evidence, "
            "created_ms, finished_ms) SELECT ?1, ordinal, role, iif(state = 1, 2, state), text, stop_reason, "
            "stats, evidence, created_ms, finished_ms FROM message WHERE session_id = ?2 AND ordinal <= "
            "ifnull((SELECT ordinal FROM message WHERE id = ?3 AND session_id = ?2), "
            "iif(?3 = 0, 0x7FFFFFFF, -1)) ORDER BY ordinal");
        messages.bind(1, copy.value);
        messages.bind(2, id.value);
        messages.bind(3, upTo ? upTo->value : std::int64_t(0));
        if (messages.exec() == 0 && upTo)
            throwNotFound("message in this session", upTo->value);
        return copy;
    });
}

Status SessionStore::trashSession(SessionId id)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "UPDATE session SET trashed_ms = ?2 WHERE id = ?1");
        change.bind(2, nowMs());
        changeSession(change, id);
    });
}

Status SessionStore::restoreSession(SessionId id)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "UPDATE session SET trashed_ms = NULL WHERE id = ?1");
        changeSession(change, id);
    });
}

Status SessionStore::deleteForever(SessionId id)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database, "DELETE FROM session WHERE id = ?1");
        changeSession(change, id);
        m_parts->database.exec(
            "DELETE FROM document WHERE id NOT IN (SELECT document_id FROM session_document)");
    });
}

} // namespace lectern
