#include "app/session/search_words.h"
#include "app/session/session_store_parts.h"

#include <algorithm>
#include <string>

namespace lectern {

namespace {

struct RankedRow {
    std::int64_t rowid = 0;
    double rank = 0; // smaller is better
    bool isMessage = false;
};

// Only so many of the newest matches are ranked, so that a word that is everywhere costs no more than a rare
// one.
constexpr int kRankedRows = 2000;

// ?1 expression, ?2 rows to rank, ?3 whether the trash counts, ?4 rows wanted.
constexpr const char* kRankPassages =
    "SELECT id, score FROM (SELECT rowid AS id, rank AS score FROM passage_fts WHERE passage_fts MATCH ?1 "
    "ORDER BY rowid DESC LIMIT ?2) AS hit WHERE EXISTS (SELECT 1 FROM passage "
    "JOIN session_document ON session_document.document_id = passage.document_id "
    "JOIN session ON session.id = session_id WHERE passage.id = hit.id AND (?3 OR trashed_ms IS NULL)) "
    "ORDER BY score LIMIT ?4";
constexpr const char* kRankMessages =
    "SELECT id, score FROM (SELECT rowid AS id, rank AS score FROM message_fts WHERE message_fts MATCH ?1 "
    "ORDER BY rowid DESC LIMIT ?2) AS hit WHERE EXISTS (SELECT 1 FROM message "
    "JOIN session ON session.id = session_id WHERE message.id = hit.id AND (?3 OR trashed_ms IS NULL)) "
    "ORDER BY score LIMIT ?4";

// ?1 expression, ?2 row, ?3 whether the trash counts.
constexpr const char* kPassageHit =
    "SELECT snippet(passage_fts, 0, char(1), char(2), '…', 20), highlight(passage_fts, 0, char(1), char(2)), "
    "session.id, session.name, document.id, document.name, passage.start FROM passage_fts "
    "JOIN passage ON passage.id = passage_fts.rowid JOIN document ON document.id = passage.document_id "
    "JOIN session_document ON session_document.document_id = document.id JOIN session ON session.id = "
    "session_id "
    "WHERE passage_fts MATCH ?1 AND passage_fts.rowid = ?2 AND (?3 OR trashed_ms IS NULL) "
    "ORDER BY session.changed_ms DESC LIMIT 1";
constexpr const char* kMessageHit =
    "SELECT snippet(message_fts, 0, char(1), char(2), '…', 20), highlight(message_fts, 0, char(1), char(2)), "
    "session.id, session.name, message.id FROM message_fts JOIN message ON message.id = message_fts.rowid "
    "JOIN session ON session.id = session_id "
    "WHERE message_fts MATCH ?1 AND message_fts.rowid = ?2 AND (?3 OR trashed_ms IS NULL)";

void rankRows(SQLite::Database& database, const std::string& expression, const SearchOptions& options,
              bool isMessage, std::vector<RankedRow>& rows)
{
    SQLite::Statement query(database, isMessage ? kRankMessages : kRankPassages);
    query.bind(1, expression);
    query.bind(2, kRankedRows);
    query.bind(3, options.trash ? 1 : 0);
    query.bind(4, options.limit);
    while (query.executeStep())
        rows.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getDouble(), isMessage});
}

std::uint64_t firstMark(const std::string& highlighted)
{
    const std::size_t at = highlighted.find(kHitBegin);
    return at == std::string::npos ? 0 : at;
}

std::optional<SearchHit> loadHit(SQLite::Statement& query, const RankedRow& row)
{
    query.reset();
    query.bind(2, row.rowid);
    if (!query.executeStep())
        return std::nullopt;
    SearchHit hit;
    hit.snippet = query.getColumn(0).getString();
    hit.offset = firstMark(query.getColumn(1).getString());
    hit.session = SessionId(query.getColumn(2).getInt64());
    hit.sessionName = query.getColumn(3).getString();
    if (row.isMessage) {
        hit.message = MessageId(query.getColumn(4).getInt64());
    } else {
        hit.document = DocumentId(query.getColumn(4).getInt64());
        hit.documentName = query.getColumn(5).getString();
        hit.offset += static_cast<std::uint64_t>(query.getColumn(6).getInt64());
    }
    return hit;
}

} // namespace

Result<std::vector<SearchHit>> SessionStore::search(const std::string& words,
                                                    const SearchOptions& options) const
{
    const std::string expression = searchExpression(words);
    if (expression.empty())
        return std::vector<SearchHit>();
    return m_parts->read([&] {
        SQLite::Database& database = m_parts->database;
        std::vector<RankedRow> rows;
        if (options.messages)
            rankRows(database, expression, options, true, rows);
        if (options.documents)
            rankRows(database, expression, options, false, rows);
        std::stable_sort(rows.begin(), rows.end(),
                         [](const RankedRow& a, const RankedRow& b) { return a.rank < b.rank; });
        if (rows.size() > options.limit)
            rows.resize(options.limit);
        SQLite::Statement passageHit(database, kPassageHit);
        SQLite::Statement messageHit(database, kMessageHit);
        for (SQLite::Statement* query : {&passageHit, &messageHit}) {
            query->bind(1, expression);
            query->bind(3, options.trash ? 1 : 0);
        }
        std::vector<SearchHit> hits;
        for (const RankedRow& row : rows)
            if (std::optional<SearchHit> hit = loadHit(row.isMessage ? messageHit : passageHit, row))
                hits.push_back(std::move(*hit));
        return hits;
    });
}

} // namespace lectern
