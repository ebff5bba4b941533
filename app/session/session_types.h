// What the session store holds, as plain values. Any thread.
#pragma once

#include "app/documents/document.h"
#include "engine/base/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lectern {

using SessionId = StrongId<struct SessionTag, std::int64_t>; // never used again after a session is deleted
using MessageId = StrongId<struct MessageTag, std::int64_t>;

// All times are milliseconds since 1970, UTC.
struct SessionInfo {
    SessionId id;
    std::string name;
    std::int64_t createdMs = 0;
    std::int64_t changedMs = 0; // last message, document or rename
    std::optional<std::int64_t> trashedMs;
    bool pinned = false;
    std::string model; // path or name of the model last used; may be empty
    std::string plan;  // plan string last used; may be empty
    std::string draft; // question typed but not yet asked
    std::uint32_t documentCount = 0;
    std::uint32_t messageCount = 0;
};

// A stored document without its text.
struct DocumentInfo {
    DocumentId id;
    std::string name;
    std::string path;
    std::string kind;
    std::uint64_t bytesOnDisk = 0;
    std::uint64_t textBytes = 0;
    std::uint32_t pageCount = 0;
    std::uint32_t fileCount = 0;
    std::int64_t addedMs = 0;
};

enum class MessageRole { User, Assistant, System };

enum class MessageState {
    Complete,
    Generating,  // only while an answer is being written
    Interrupted, // the program ended, or a person pressed Stop, in the middle of it
    Failed,      // the engine gave up; stopReason says why
};

struct Message {
    MessageId id;
    SessionId session;
    std::uint32_t ordinal = 0; // place in the session, from 0
    MessageRole role = MessageRole::User;
    MessageState state = MessageState::Complete;
    std::string text;
    std::string stopReason;   // "end", "length", "cancelled", "crash", or one sentence for Failed
    std::string statsJson;    // timings and memory as the cli prints them; "" or one JSON object
    std::string evidenceJson; // "" or a JSON array of {document, start, end, page, line, text, score}
    std::int64_t createdMs = 0;
    std::int64_t finishedMs = 0; // 0 = not finished
};

// A question and the answer being written to it.
struct StoredTurn {
    MessageId question, answer;
};

// Everything in one session.
struct SessionContent {
    SessionInfo info;
    std::vector<Document> documents; // in the order added
    std::vector<Message> messages;   // in order
};

struct AnswerResult {
    MessageState state = MessageState::Complete; // anything but Generating
    std::string stopReason;
    std::string statsJson;
    std::string evidenceJson;
};

struct SnapshotRow {
    SessionId session;
    std::uint64_t generation = 0; // in the files' names
    std::int64_t tokens = 0;
    std::uint64_t bytes = 0; // of its files
    std::int64_t savedMs = 0;
};

struct SearchHit {
    SessionId session;
    std::string sessionName;
    std::optional<MessageId> message;   // the hit is in a message ...
    std::optional<DocumentId> document; // ... or in a document, near byte `offset` of its text
    std::string documentName;
    std::uint64_t offset = 0;
    std::string snippet; // plain text, up to about 20 words; hits stand between kHitBegin and kHitEnd
};

inline constexpr char kHitBegin = '\x01';
inline constexpr char kHitEnd = '\x02';

struct SearchOptions {
    std::uint32_t limit = 50;
    bool documents = true;
    bool messages = true;
    bool trash = false; // also look in sessions that lie in the trash
};

const char* messageRoleName(MessageRole role);    // "user" ...
const char* messageStateName(MessageState state); // "complete" ...

} // namespace lectern
