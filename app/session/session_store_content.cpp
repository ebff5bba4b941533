// A whole session out of the store and into it.
#include "app/session/session_store_parts.h"

#include <map>
#include <nlohmann/json.hpp>

namespace lectern {

namespace {

using Json = nlohmann::ordered_json;

// Evidence with the numbers that its documents have now.
std::string renumbered(const std::string& evidence, const std::map<std::int64_t, std::int64_t>& documents)
{
    Json json = Json::parse(evidence, nullptr, false);
    if (!json.is_array())
        return evidence;
    for (Json& passage : json) {
        if (!passage.is_object() || !passage.contains("document_id") || !passage["document_id"].is_number_integer())
            continue;
        const auto now = documents.find(passage["document_id"].get<std::int64_t>());
        passage["document_id"] = now == documents.end() ? 0 : now->second;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void insertMessage(SQLite::Database& database, SessionId session, const Message& message, std::uint32_t ordinal,
                   const std::string& evidence)
{
    const MessageState state =
        message.state == MessageState::Generating ? MessageState::Interrupted : message.state;
    SQLite::Statement insert(database,
                             "INSERT INTO message(session_id, ordinal, role, state, text, stop_reason, stats, evidence, "
                             "created_ms, finished_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, session.value);
    insert.bind(2, static_cast<std::int64_t>(ordinal));
    insert.bind(3, static_cast<int>(message.role));
    insert.bind(4, static_cast<int>(state));
    insert.bind(5, message.text);
    insert.bind(6, message.stopReason);
    insert.bind(7, message.statsJson);
    insert.bind(8, evidence);
    insert.bind(9, message.createdMs);
    insert.bind(10, message.finishedMs);
    insert.exec();
}

} // namespace

Result<SessionId> SessionStore::addSession(const SessionContent& content, const CancelToken& cancel)
{
    return m_parts->write([&] {
        SQLite::Database& database = m_parts->database;
        const SessionId session = insertSession(database, content.info.name);
        SQLite::Statement settings(database, "UPDATE session SET model = ?2, plan = ?3, draft = ?4 WHERE id = ?1");
        settings.bind(1, session.value);
        settings.bind(2, content.info.model);
        settings.bind(3, content.info.plan);
        settings.bind(4, content.info.draft);
        settings.exec();
        std::map<std::int64_t, std::int64_t> numbers;
        for (const Document& document : content.documents)
            numbers[document.id.value] = insertDocument(database, session, document, cancel).value;
        std::uint32_t ordinal = 0;
        for (const Message& message : content.messages)
            insertMessage(database, session, message, ordinal++, renumbered(message.evidenceJson, numbers));
        return session;
    });
}

Result<SessionContent> SessionStore::sessionContent(SessionId id) const
{
    SessionContent content;
    auto info = session(id);
    if (!info)
        return failed(info);
    content.info = std::move(*info);
    auto told = messages(id);
    if (!told)
        return failed(told);
    content.messages = std::move(*told);
    const auto list = documents(id);
    if (!list)
        return failed(list);
    for (const DocumentInfo& row : *list) {
        auto whole = document(row.id);
        if (!whole)
            return failed(whole);
        content.documents.push_back(std::move(*whole));
    }
    return content;
}

} // namespace lectern
