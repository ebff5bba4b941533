#include "app/session/session_store_parts.h"

namespace lectern {

namespace {

constexpr const char* kSelectMessages =
    "SELECT id, session_id, ordinal, role, state, text, stop_reason, stats, "
    "evidence, created_ms, finished_ms FROM message ";

Message messageFrom(SQLite::Statement& row)
{
    Message message;
    message.id = MessageId(row.getColumn(0).getInt64());
    message.session = SessionId(row.getColumn(1).getInt64());
    message.ordinal = row.getColumn(2).getUInt();
    const int role = row.getColumn(3).getInt();
    const int state = row.getColumn(4).getInt();
    if (role < 0 || role > static_cast<int>(MessageRole::System) || state < 0 ||
        state > static_cast<int>(MessageState::Failed))
        throw StoreFailure{{ErrorCode::BadInput, "A message in the session store is damaged.",
                            "Restore the store from a backup.", 0, 0}};
    message.role = static_cast<MessageRole>(role);
    message.state = static_cast<MessageState>(state);
    message.text = row.getColumn(5).getString();
    message.stopReason = row.getColumn(6).getString();
    message.statsJson = row.getColumn(7).getString();
    message.evidenceJson = row.getColumn(8).getString();
    message.createdMs = row.getColumn(9).getInt64();
    message.finishedMs = row.getColumn(10).getInt64();
    return message;
}

// Runs an UPDATE of one answer that is in the state the call needs.
void changeAnswer(SQLite::Statement& change, MessageId answer, const char* neededState)
{
    change.bind(1, answer.value);
    if (change.exec() == 0)
        throw StoreFailure{
            {ErrorCode::Usage,
             "Message " + std::to_string(answer.value) + " is not an answer " + neededState + ".",
             "Begin a new answer.", 0, 0}};
}

} // namespace

MessageId insertMessage(SQLite::Database& database, SessionId session, MessageRole role, MessageState state,
                        const std::string& text)
{
    SQLite::Statement insert(
        database, "INSERT INTO message(session_id, ordinal, role, state, text, created_ms, finished_ms) "
                  "VALUES (?1, (SELECT ifnull(max(ordinal), -1) + 1 FROM message WHERE session_id = ?1), "
                  "?2, ?3, ?4, ?5, ?6)");
    const std::int64_t now = nowMs();
    insert.bind(1, session.value);
    insert.bind(2, static_cast<int>(role));
    insert.bind(3, static_cast<int>(state));
    insert.bind(4, text);
    insert.bind(5, now);
    insert.bind(6, state == MessageState::Generating ? std::int64_t(0) : now);
    insert.exec();
    return MessageId(database.getLastInsertRowid());
}

Result<std::vector<Message>> SessionStore::messages(SessionId session) const
{
    return m_parts->read([&] {
        m_parts->requireSession(session);
        SQLite::Statement query(m_parts->database,
                                std::string(kSelectMessages) + "WHERE session_id = ? ORDER BY ordinal");
        query.bind(1, session.value);
        std::vector<Message> messages;
        while (query.executeStep())
            messages.push_back(messageFrom(query));
        return messages;
    });
}

Result<Message> SessionStore::message(MessageId id) const
{
    return m_parts->read([&] {
        SQLite::Statement query(m_parts->database, std::string(kSelectMessages) + "WHERE id = ?");
        query.bind(1, id.value);
        if (!query.executeStep())
            throwNotFound("message", id.value);
        return messageFrom(query);
    });
}

Result<MessageId> SessionStore::addMessage(SessionId session, MessageRole role, const std::string& text)
{
    return m_parts->write([&] {
        m_parts->touchSession(session);
        return insertMessage(m_parts->database, session, role, MessageState::Complete, text);
    });
}

Result<MessageId> SessionStore::beginAnswer(SessionId session)
{
    return m_parts->write([&] {
        m_parts->touchSession(session);
        return insertMessage(m_parts->database, session, MessageRole::Assistant, MessageState::Generating,
                             {});
    });
}

Status SessionStore::appendAnswer(MessageId answer, std::string_view text)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database,
                                 "UPDATE message SET text = text || ?2 WHERE id = ?1 AND state = 1");
        change.bind(2, std::string(text));
        changeAnswer(change, answer, "being written");
    });
}

Status SessionStore::finishAnswer(MessageId answer, const AnswerResult& result)
{
    if (result.state == MessageState::Generating)
        return fail(ErrorCode::Usage, "An answer can not be finished as still being written.");
    return m_parts->write([&] {
        SQLite::Statement change(
            m_parts->database, "UPDATE message SET state = ?2, stop_reason = ?3, stats = ?4, evidence = ?5, "
                               "finished_ms = ?6 WHERE id = ?1 AND state = 1");
        change.bind(2, static_cast<int>(result.state));
        change.bind(3, result.stopReason);
        change.bind(4, result.statsJson);
        change.bind(5, result.evidenceJson);
        change.bind(6, nowMs());
        changeAnswer(change, answer, "being written");
    });
}

Status SessionStore::continueAnswer(MessageId answer)
{
    return m_parts->write([&] {
        SQLite::Statement change(m_parts->database,
                                 "UPDATE message SET state = 1, stop_reason = '', finished_ms = 0 "
                                 "WHERE id = ?1 AND role = 1 AND state IN (2, 3)");
        changeAnswer(change, answer, "that was interrupted");
    });
}

} // namespace lectern
