#include "app/session/migrations.h"

#include <array>

namespace lectern {

namespace {

// Times are milliseconds since 1970. AUTOINCREMENT: an id once given out never means something else.
// A document's text is the sum of its passages in order; sessions may share a document.
constexpr const char* kTables = R"sql(
CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  trashed_ms INTEGER,
  pinned INTEGER NOT NULL DEFAULT 0,
  model TEXT NOT NULL DEFAULT '',
  plan TEXT NOT NULL DEFAULT '',
  draft TEXT NOT NULL DEFAULT ''
);
CREATE TABLE document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  path BLOB NOT NULL,
  kind TEXT NOT NULL,
  bytes_on_disk INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  added_ms INTEGER NOT NULL,
  text_bytes INTEGER NOT NULL,
  page_count INTEGER NOT NULL,
  file_count INTEGER NOT NULL,
  marks TEXT NOT NULL
);
CREATE TABLE passage (
  id INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE UNIQUE INDEX passage_place ON passage(document_id, start);
CREATE TABLE session_document (
  session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  document_id INTEGER NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  PRIMARY KEY (session_id, document_id)
) WITHOUT ROWID;
CREATE INDEX session_document_by_document ON session_document(document_id);
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  role INTEGER NOT NULL,
  state INTEGER NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  stop_reason TEXT NOT NULL DEFAULT '',
  stats TEXT NOT NULL DEFAULT '',
  evidence TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  finished_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (session_id, ordinal)
);
CREATE INDEX message_state ON message(state) WHERE state = 1;
)sql";

// Full-text search, kept in step by triggers. An answer enters the index when it is no longer being written
// (state 1 = generating), not with every batch of tokens.
constexpr const char* kSearch = R"sql(
CREATE VIRTUAL TABLE passage_fts USING fts5(text, content='passage', content_rowid='id',
                                            tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER passage_added AFTER INSERT ON passage BEGIN
  INSERT INTO passage_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER passage_removed AFTER DELETE ON passage BEGIN
  INSERT INTO passage_fts(passage_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE VIRTUAL TABLE message_fts USING fts5(text, content='message', content_rowid='id',
                                            tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.state <> 1 BEGIN
  INSERT INTO message_fts(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER message_removed AFTER DELETE ON message WHEN old.state <> 1 BEGIN
  INSERT INTO message_fts(message_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text, state ON message WHEN old.state <> 1 OR new.state <> 1 BEGIN
  INSERT INTO message_fts(message_fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.state <> 1;
  INSERT INTO message_fts(rowid, text) SELECT new.id, new.text WHERE new.state <> 1;
END;
INSERT INTO passage_fts(passage_fts) VALUES ('rebuild');
INSERT INTO message_fts(rowid, text) SELECT id, text FROM message WHERE state <> 1;
)sql";

// The snapshot of keys and values a session has in the cache folder.
constexpr const char* kSnapshots = R"sql(
CREATE TABLE kv_snapshot (
  session_id INTEGER PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  saved_ms INTEGER NOT NULL
);
)sql";

constexpr std::array<const char*, 3> kMigrations = {kTables, kSearch, kSnapshots};

} // namespace

std::span<const char* const> migrations()
{
    return kMigrations;
}

int currentStoreVersion()
{
    return static_cast<int>(kMigrations.size());
}

} // namespace lectern
