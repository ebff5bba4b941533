// Turns of a conversation as a whole: a question with its answer's row, the last turns replaced or taken
// away.
#include "app/session/session_store_parts.h"

namespace lectern {

namespace {

// The question and everything after it. Usage where the message is no question of the session.
void removeFrom(SQLite::Database& database, SessionId session, MessageId question)
{
    SQLite::Statement remove(database,
                             "DELETE FROM message WHERE session_id = ?1 AND ordinal >= (SELECT ordinal FROM "
                             "message WHERE id = ?2 AND session_id = ?1 AND role = ?3)");
    remove.bind(1, session.value);
    remove.bind(2, question.value);
    remove.bind(3, static_cast<int>(MessageRole::User));
    if (remove.exec() == 0)
        throw StoreFailure{{ErrorCode::Usage,
                            "Message " + std::to_string(question.value) + " is not a question of session " +
                                std::to_string(session.value) + ".",
                            "Look at the session's messages with: lectern-cli sessions show " +
                                std::to_string(session.value),
                            0, 0}};
}

} // namespace

Result<StoredTurn> SessionStore::beginTurn(SessionId session, const std::string& question,
                                           std::optional<MessageId> instead)
{
    return m_parts->write([&] {
        m_parts->touchSession(session);
        if (instead)
            removeFrom(m_parts->database, session, *instead);
        const MessageId asked =
            insertMessage(m_parts->database, session, MessageRole::User, MessageState::Complete, question);
        return StoredTurn{asked, insertMessage(m_parts->database, session, MessageRole::Assistant,
                                               MessageState::Generating, {})};
    });
}

Status SessionStore::removeTurnsFrom(SessionId session, MessageId question)
{
    return m_parts->write([&] {
        m_parts->touchSession(session);
        removeFrom(m_parts->database, session, question);
    });
}

} // namespace lectern
