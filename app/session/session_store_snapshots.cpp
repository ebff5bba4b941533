// Which snapshot of keys and values a session has. The row is what makes a snapshot one: files without it are
// left-overs.
#include "app/session/session_store_parts.h"

namespace lectern {

Status SessionStore::noteSnapshot(SessionId session, const SnapshotRow& row)
{
    return m_parts->write([&] {
        m_parts->requireSession(session);
        SQLite::Statement note(
            m_parts->database,
            "INSERT OR REPLACE INTO kv_snapshot(session_id, generation, tokens, bytes, saved_ms) "
            "VALUES (?1, ?2, ?3, ?4, ?5)");
        note.bind(1, session.value);
        note.bind(2, static_cast<std::int64_t>(row.generation));
        note.bind(3, row.tokens);
        note.bind(4, static_cast<std::int64_t>(row.bytes));
        note.bind(5, nowMs());
        note.exec();
    });
}

Status SessionStore::forgetSnapshot(SessionId session)
{
    return m_parts->write([&] {
        SQLite::Statement forget(m_parts->database, "DELETE FROM kv_snapshot WHERE session_id = ?");
        forget.bind(1, session.value);
        forget.exec();
    });
}

Result<std::vector<SnapshotRow>> SessionStore::snapshots() const
{
    return m_parts->read([&] {
        SQLite::Statement query(m_parts->database,
                                "SELECT session_id, generation, tokens, bytes, saved_ms "
                                "FROM kv_snapshot ORDER BY saved_ms DESC, session_id DESC");
        std::vector<SnapshotRow> rows;
        while (query.executeStep())
            rows.push_back(
                {SessionId(query.getColumn(0).getInt64()),
                 static_cast<std::uint64_t>(query.getColumn(1).getInt64()), query.getColumn(2).getInt64(),
                 static_cast<std::uint64_t>(query.getColumn(3).getInt64()), query.getColumn(4).getInt64()});
        return rows;
    });
}

} // namespace lectern
