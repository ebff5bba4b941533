#include "app/session/document_marks.h"
#include "app/session/session_store_parts.h"

#include <algorithm>

namespace lectern {

namespace {

// Long enough that few phrases lie across an edge, short enough that a search hit is found quickly inside it.
constexpr std::size_t kPassageBytes = 4096;

// Where the passage that begins at `start` ends: after a line end, else after a space, else between
// characters.
std::size_t passageEnd(const std::string& text, std::size_t start)
{
    std::size_t end = start + kPassageBytes;
    if (end >= text.size())
        return text.size();
    for (const char edge : {'\n', ' '}) {
        const std::size_t found = text.rfind(edge, end - 1);
        if (found != std::string::npos && found > start + kPassageBytes / 4)
            return found + 1;
    }
    while (end > start + 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return end;
}

void insertPassages(SQLite::Database& database, std::int64_t document, const std::string& text,
                    const CancelToken& cancel)
{
    SQLite::Statement insert(database, "INSERT INTO passage(document_id, start, text) VALUES (?, ?, ?)");
    for (std::size_t start = 0; start < text.size();) {
        if (cancel.isCancelled())
            throw StoreFailure{{ErrorCode::Cancelled, "Saving the document was stopped.", {}, 0, 0}};
        const std::size_t end = passageEnd(text, start);
        insert.bind(1, document);
        insert.bind(2, static_cast<std::int64_t>(start));
        insert.bind(3, text.substr(start, end - start));
        insert.exec();
        insert.reset();
        start = end;
    }
}

void bindPath(SQLite::Statement& statement, int index, const std::string& path)
{
    statement.bind(index, path.data(), static_cast<int>(path.size()));
}

std::string loadText(SQLite::Database& database, std::int64_t document, std::size_t expectedBytes)
{
    SQLite::Statement query(database, "SELECT start, text FROM passage WHERE document_id = ? ORDER BY start");
    query.bind(1, document);
    std::string text;
    text.reserve(std::min(expectedBytes, std::size_t(1) << 30));
    bool whole = true;
    while (query.executeStep()) {
        whole = whole && static_cast<std::size_t>(query.getColumn(0).getInt64()) == text.size();
        const SQLite::Column part = query.getColumn(1);
        text.append(static_cast<const char*>(part.getBlob()), static_cast<std::size_t>(part.getBytes()));
    }
    if (!whole || text.size() != expectedBytes)
        throw StoreFailure{{ErrorCode::BadInput,
                            "A part of this document's text is missing in the session store.",
                            "Remove the document from the session and add it again.", 0, 0}};
    return text;
}

// Takes it out of the session; a document in no session is deleted.
void unlinkDocument(SQLite::Database& database, SessionId session, DocumentId id)
{
    SQLite::Statement unlink(database,
                             "DELETE FROM session_document WHERE session_id = ? AND document_id = ?");
    unlink.bind(1, session.value);
    unlink.bind(2, id.value);
    if (unlink.exec() == 0)
        throwNotFound("document in this session", id.value);
    SQLite::Statement drop(database, "DELETE FROM document WHERE id = ?1 AND NOT EXISTS "
                                     "(SELECT 1 FROM session_document WHERE document_id = ?1)");
    drop.bind(1, id.value);
    drop.exec();
}

} // namespace

DocumentId insertDocument(SQLite::Database& database, SessionId session, const Document& document,
                          const CancelToken& cancel)
{
    SQLite::Statement insert(
        database, "INSERT INTO document(name, path, kind, bytes_on_disk, modified_ms, added_ms, text_bytes, "
                  "page_count, file_count, marks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, document.name);
    bindPath(insert, 2, document.path);
    insert.bind(3, document.kind);
    insert.bind(4, static_cast<std::int64_t>(document.bytesOnDisk));
    insert.bind(5, document.modifiedMs);
    insert.bind(6, nowMs());
    insert.bind(7, static_cast<std::int64_t>(document.text.size()));
    insert.bind(8, static_cast<std::int64_t>(document.pages.size()));
    insert.bind(9, static_cast<std::int64_t>(document.files.size()));
    insert.bind(10, marksToJson(document));
    insert.exec();
    const DocumentId id(database.getLastInsertRowid());
    insertPassages(database, id.value, document.text, cancel);
    SQLite::Statement link(database,
                           "INSERT INTO session_document(session_id, document_id, ordinal) VALUES (?1, ?2, "
                           "(SELECT ifnull(max(ordinal), -1) + 1 FROM session_document WHERE session_id = ?1))");
    link.bind(1, session.value);
    link.bind(2, id.value);
    link.exec();
    return id;
}

Result<DocumentId> SessionStore::addDocument(SessionId session, const Document& document,
                                             const CancelToken& cancel)
{
    return m_parts->write([&] {
        m_parts->touchSession(session);
        return insertDocument(m_parts->database, session, document, cancel);
    });
}

Result<std::vector<DocumentInfo>> SessionStore::documents(SessionId session) const
{
    return m_parts->read([&] {
        m_parts->requireSession(session);
        SQLite::Statement query(
            m_parts->database,
            "SELECT id, name, path, kind, bytes_on_disk, text_bytes, page_count, file_count, "
            "added_ms FROM document JOIN session_document ON document_id = id "
            "WHERE session_id = ? ORDER BY ordinal");
        query.bind(1, session.value);
        std::vector<DocumentInfo> documents;
        while (query.executeStep()) {
            DocumentInfo info;
            info.id = DocumentId(query.getColumn(0).getInt64());
            info.name = query.getColumn(1).getString();
            info.path = query.getColumn(2).getString();
            info.kind = query.getColumn(3).getString();
            info.bytesOnDisk = static_cast<std::uint64_t>(query.getColumn(4).getInt64());
            info.textBytes = static_cast<std::uint64_t>(query.getColumn(5).getInt64());
            info.pageCount = query.getColumn(6).getUInt();
            info.fileCount = query.getColumn(7).getUInt();
            info.addedMs = query.getColumn(8).getInt64();
            documents.push_back(std::move(info));
        }
        return documents;
    });
}

Result<Document> SessionStore::document(DocumentId id) const
{
    return m_parts->read([&] {
        SQLite::Statement query(m_parts->database,
                                "SELECT name, path, kind, bytes_on_disk, modified_ms, text_bytes, marks "
                                "FROM document WHERE id = ?");
        query.bind(1, id.value);
        if (!query.executeStep())
            throwNotFound("document", id.value);
        Document document;
        document.id = id;
        document.name = query.getColumn(0).getString();
        document.path = query.getColumn(1).getString();
        document.kind = query.getColumn(2).getString();
        document.bytesOnDisk = static_cast<std::uint64_t>(query.getColumn(3).getInt64());
        document.modifiedMs = query.getColumn(4).getInt64();
        document.text =
            loadText(m_parts->database, id.value, static_cast<std::size_t>(query.getColumn(5).getInt64()));
        if (const Status marks = marksFromJson(query.getColumn(6).getString(), document); !marks)
            throw StoreFailure{marks.error()};
        return document;
    });
}

Result<DocumentId> SessionStore::replaceDocument(SessionId session, DocumentId id, const Document& document,
                                                 const CancelToken& cancel)
{
    return m_parts->write([&] {
        SQLite::Database& database = m_parts->database;
        SQLite::Statement place(database,
                                "SELECT ordinal FROM session_document WHERE session_id = ? AND document_id = ?");
        place.bind(1, session.value);
        place.bind(2, id.value);
        if (!place.executeStep())
            throwNotFound("document in this session", id.value);
        const std::int64_t ordinal = place.getColumn(0).getInt64();
        const DocumentId fresh = insertDocument(database, session, document, cancel);
        unlinkDocument(database, session, id);
        SQLite::Statement move(database, "UPDATE session_document SET ordinal = ? WHERE session_id = ? AND "
                                         "document_id = ?");
        move.bind(1, ordinal);
        move.bind(2, session.value);
        move.bind(3, fresh.value);
        move.exec();
        m_parts->touchSession(session);
        return fresh;
    });
}

Status SessionStore::removeDocument(SessionId session, DocumentId id)
{
    return m_parts->write([&] {
        unlinkDocument(m_parts->database, session, id);
        m_parts->touchSession(session);
    });
}

} // namespace lectern
