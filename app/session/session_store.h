// Sessions, their documents and their conversations, kept in one SQLite file (lectern.sqlite). The only place
// with SQL in it. One process at a time writes; one object = one connection, used by one thread.
//
// What a method has returned as done is on the disk: a crash or a power cut after it loses nothing. What it
// had not returned is there completely or not at all.
//
// Every method may give Disk (full, unreadable, read-only), BadInput (the file is damaged) or NotFound (no
// such id); after an error the store is as it was before the call.
#pragma once

#include "app/session/session_types.h"
#include "engine/base/cancel.h"
#include "engine/base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

enum class StoreMode {
    ReadWrite, // takes the lock, creates or migrates the file
    ReadOnly,  // beside another instance; the file must exist and be of this version
};

enum class DamagedStore {
    Refuse,    // open() gives BadInput and touches nothing
    MoveAside, // rename the file (and its -wal) to NAME.corrupt-DATE and begin a new one; nothing is deleted
};

struct StoreOptions {
    StoreMode mode = StoreMode::ReadWrite;
    DamagedStore damaged = DamagedStore::Refuse;
    std::uint32_t trashDays = 30; // what lies longer in the trash is deleted at open
};

// What open() found and did, for the log and for telling the person.
struct StoreOpenReport {
    bool created = false;
    int migratedFrom = 0;          // version before migration; 0 = none was needed
    std::string backupPath;        // the copy made before migrating
    std::string movedAsidePath;    // where a damaged file went
    std::uint32_t interrupted = 0; // answers found half-written and now marked Interrupted
    std::uint32_t purged = 0;      // sessions deleted for good from the trash
};

class SessionStore {
public:
    // Usage: another Lectern holds the store (say so, or open ReadOnly). Unsupported: written by a newer
    // Lectern, or not a Lectern file; nothing was written. BadInput: damaged; see DamagedStore. Disk: no
    // permission, no space. The folder of `path` is created if need be. Answers found Generating become
    // Interrupted.
    static Result<SessionStore> open(const std::string& path, const StoreOptions& options = {});

    SessionStore(SessionStore&&) noexcept;
    SessionStore& operator=(SessionStore&&) noexcept;
    ~SessionStore();

    const StoreOpenReport& openReport() const;
    const std::string& path() const;

    // Sessions. The list is pinned first, then the latest changed first; trashed ones only in trash().
    Result<SessionId> createSession(const std::string& name);
    Result<std::vector<SessionInfo>> sessions() const;
    Result<std::vector<SessionInfo>> trash() const;
    Result<SessionInfo> session(SessionId id) const;
    Status renameSession(SessionId id, const std::string& name);
    Status setPinned(SessionId id, bool pinned);
    Status setModel(SessionId id, const std::string& model, const std::string& plan);
    Status setDraft(SessionId id, const std::string& draft);
    // Copies the session; documents are shared, not copied. With `upTo`, only messages up to and with that
    // one: a branch.
    Result<SessionId> duplicateSession(SessionId id, const std::string& name,
                                       std::optional<MessageId> upTo = {});
    // A whole session at once: all of it or nothing. Ids in `content` are those of where it comes from; documents
    // that evidence names get their new ones. An answer that was still being written becomes Interrupted.
    Result<SessionId> addSession(const SessionContent& content, const CancelToken& cancel = {});
    // With the texts of its documents.
    Result<SessionContent> sessionContent(SessionId id) const;
    Status trashSession(SessionId id);
    Status restoreSession(SessionId id);
    Status deleteForever(SessionId id);

    // Documents. addDocument stores one document in one transaction: all of it, or (error, cancel) nothing.
    Result<DocumentId> addDocument(SessionId session, const Document& document,
                                   const CancelToken& cancel = {});
    Result<std::vector<DocumentInfo>> documents(SessionId session) const; // in the order added
    Result<Document> document(DocumentId id) const;                       // with text and marks
    // The same place in the session with another text, as after its file has changed. Other sessions keep the old one.
    Result<DocumentId> replaceDocument(SessionId session, DocumentId id, const Document& document,
                                       const CancelToken& cancel = {});
    Status removeDocument(SessionId session, DocumentId id);

    // Messages, in order. A question is complete at once; an answer's row exists before its first token does.
    Result<std::vector<Message>> messages(SessionId session) const;
    Result<Message> message(MessageId id) const;
    Result<MessageId> addMessage(SessionId session, MessageRole role, const std::string& text);
    Result<MessageId> beginAnswer(SessionId session);
    // Appends whole UTF-8 characters to an answer that is Generating. Call at least every 250 ms while tokens
    // come.
    Status appendAnswer(MessageId answer, std::string_view text);
    Status finishAnswer(MessageId answer, const AnswerResult& result);
    // Interrupted or Failed -> Generating again, keeping its text.
    Status continueAnswer(MessageId answer);

    // A question and the row of its answer (Generating) at the session's end. With `instead`, a question of the
    // session, that one and everything after it are replaced; Usage where it is none.
    Result<StoredTurn> beginTurn(SessionId session, const std::string& question,
                                 std::optional<MessageId> instead = {});
    // Takes away a question and everything after it.
    Status removeTurnsFrom(SessionId session, MessageId question);

    // Snapshots of keys and values, kept as files elsewhere; a session has at most one. The newest first.
    Status noteSnapshot(SessionId session, const SnapshotRow& row); // row.session and row.savedMs are not looked at
    Status forgetSnapshot(SessionId session);
    Result<std::vector<SnapshotRow>> snapshots() const;

    // Words are joined by AND, "quoted words" are a phrase. Where that fills less than the limit, the last word may
    // also be the beginning of a longer one, from four letters on. Best hits first; where very many passages match,
    // the newest thousand are compared.
    Result<std::vector<SearchHit>> search(const std::string& words, const SearchOptions& options = {}) const;

    // A consistent copy of the whole store in a new file. Usage if `target` exists.
    Status backup(const std::string& target) const;

    // Renames a closed store (and its -wal) to NAME.corrupt-DATE; the new name. For damage found after
    // open().
    static Result<std::string> moveAside(const std::string& path);

    // Reads every page on a connection of its own; for a background thread. BadInput names the first damage.
    static Status checkIntegrity(const std::string& path);

private:
    struct Parts;
    explicit SessionStore(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace lectern
