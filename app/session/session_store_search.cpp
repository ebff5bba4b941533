#include "app/session/search_words.h"
#include "app/session/session_store_parts.h"

#include <algorithm>
#include <map>
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
constexpr int kRankedRows = 1000;

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

// ?1 expression, ?2 the rows as a JSON array, ?3 whether the trash counts. The plus keeps SQLite from asking
// the index once for each row, which for the beginning of a word gathers the same long list each time.
constexpr const char* kPassageHits =
    "SELECT passage_fts.rowid, snippet(passage_fts, 0, char(1), char(2), '…', 20), "
    "highlight(passage_fts, 0, char(1), char(2)), session.id, session.name, document.id, document.name, "
    "passage.start "
    "FROM passage_fts JOIN passage ON passage.id = passage_fts.rowid "
    "JOIN document ON document.id = passage.document_id "
    "JOIN session ON session.id = (SELECT session.id FROM session_document JOIN session ON session.id = "
    "session_id "
    "WHERE document_id = document.id AND (?3 OR trashed_ms IS NULL) ORDER BY changed_ms DESC LIMIT 1) "
    "WHERE passage_fts MATCH ?1 AND +passage_fts.rowid IN (SELECT value FROM json_each(?2))";
constexpr const char* kMessageHits =
    "SELECT message_fts.rowid, snippet(message_fts, 0, char(1), char(2), '…', 20), "
    "highlight(message_fts, 0, char(1), char(2)), session.id, session.name, message.id "
    "FROM message_fts JOIN message ON message.id = message_fts.rowid JOIN session ON session.id = session_id "
    "WHERE message_fts MATCH ?1 AND (?3 OR trashed_ms IS NULL) AND "
    "+message_fts.rowid IN (SELECT value FROM json_each(?2))";

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

SearchHit hitFrom(SQLite::Statement& row, bool isMessage)
{
    SearchHit hit;
    hit.snippet = row.getColumn(1).getString();
    hit.offset = firstMark(row.getColumn(2).getString());
    hit.session = SessionId(row.getColumn(3).getInt64());
    hit.sessionName = row.getColumn(4).getString();
    if (isMessage) {
        hit.message = MessageId(row.getColumn(5).getInt64());
    } else {
        hit.document = DocumentId(row.getColumn(5).getInt64());
        hit.documentName = row.getColumn(6).getString();
        hit.offset += static_cast<std::uint64_t>(row.getColumn(7).getInt64());
    }
    return hit;
}

// The hits behind those of `rows` that are messages, or passages, by row.
std::map<std::int64_t, SearchHit> loadHits(SQLite::Database& database, const std::string& expression,
                                           const SearchOptions& options, const std::vector<RankedRow>& rows,
                                           bool isMessage)
{
    std::string wanted;
    for (const RankedRow& row : rows) {
        if (row.isMessage != isMessage)
            continue;
        wanted += wanted.empty() ? '[' : ',';
        wanted += std::to_string(row.rowid);
    }
    std::map<std::int64_t, SearchHit> hits;
    if (wanted.empty())
        return hits;
    SQLite::Statement query(database, isMessage ? kMessageHits : kPassageHits);
    query.bind(1, expression);
    query.bind(2, wanted + "]");
    query.bind(3, options.trash ? 1 : 0);
    while (query.executeStep())
        hits.emplace(query.getColumn(0).getInt64(), hitFrom(query, isMessage));
    return hits;
}

std::vector<SearchHit> searchFor(SQLite::Database& database, const std::string& expression,
                                 const SearchOptions& options)
{
    std::vector<RankedRow> rows;
    if (options.messages)
        rankRows(database, expression, options, true, rows);
    if (options.documents)
        rankRows(database, expression, options, false, rows);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const RankedRow& a, const RankedRow& b) { return a.rank < b.rank; });
    if (rows.size() > options.limit)
        rows.resize(options.limit);
    std::map<std::int64_t, SearchHit> messages = loadHits(database, expression, options, rows, true);
    std::map<std::int64_t, SearchHit> passages = loadHits(database, expression, options, rows, false);
    std::vector<SearchHit> hits;
    for (const RankedRow& row : rows) {
        auto& found = row.isMessage ? messages : passages;
        if (const auto hit = found.find(row.rowid); hit != found.end())
            hits.push_back(std::move(hit->second));
    }
    return hits;
}

} // namespace

Result<std::vector<SearchHit>> SessionStore::search(const std::string& words,
                                                    const SearchOptions& options) const
{
    const std::string whole = searchExpression(words, LastWord::Whole);
    if (whole.empty())
        return std::vector<SearchHit>();
    return m_parts->read([&] {
        // A word that alone fills the list needs no longer words beside it, and gathering those of a frequent
        // word is slow.
        std::vector<SearchHit> hits = searchFor(m_parts->database, whole, options);
        const std::string beginning = searchExpression(words, LastWord::Beginning);
        if (hits.size() < options.limit && beginning != whole)
            hits = searchFor(m_parts->database, beginning, options);
        return hits;
    });
}

} // namespace lectern
