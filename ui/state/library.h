// What the window reads from, and the few things it changes in, the kept sessions. The real one stands on the
// session store (store_library.h); tests bring their own. GUI thread; every call is short except
// documentText() of a large document.
#pragma once

#include "engine/base/result.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace lectern {

struct SessionRow {
    std::int64_t id = 0;
    QString name;
    std::int64_t changedMs = 0; // since 1970, UTC
    int documents = 0;
    int messages = 0;
    QString draft; // typed, not yet asked
};

struct DocumentRow {
    std::int64_t id = 0;
    QString name, path, kind;
    std::uint64_t bytes = 0; // on disk
    std::uint64_t textBytes = 0;
    std::int64_t tokens = 0; // 0: not counted yet
    int pages = 0;
};

enum class MessageKind { Question, Answer };
enum class StoredState { Complete, Generating, Interrupted, Failed };

struct MessageRow {
    std::int64_t id = 0;
    MessageKind kind = MessageKind::Question;
    StoredState state = StoredState::Complete;
    QString text;
    QString stopReason;
    QByteArray statsJson;    // "" or one object, as lectern-cli prints it
    QByteArray evidenceJson; // "" or an array of {document, start, end, page, line, text, score}
};

struct PagePlace {
    int page = 0;           // from 1
    std::uint64_t byte = 0; // where it begins; ascending
};

struct FilePlace {
    QString path;
    std::uint64_t byte = 0, length = 0; // of the file's own lines
    int firstLine = 1;
};

struct DocumentText {
    std::int64_t id = 0;
    QString name;
    std::string utf8; // exactly what the model read
    std::vector<PagePlace> pages;
    std::vector<FilePlace> files;
};

class Library {
public:
    virtual ~Library() = default;

    virtual Result<std::vector<SessionRow>> sessions() const = 0; // latest first
    virtual Result<std::vector<DocumentRow>> documents(std::int64_t session) const = 0;
    virtual Result<std::vector<MessageRow>> messages(std::int64_t session) const = 0;
    virtual Result<DocumentText> documentText(std::int64_t document) const = 0;

    virtual Result<std::int64_t> createSession(const QString& name) = 0;
    // A copy with the documents and the messages up to `lastMessage`.
    virtual Result<std::int64_t> branchSession(std::int64_t session, std::int64_t lastMessage,
                                               const QString& name) = 0;
    virtual Status renameSession(std::int64_t session, const QString& name) = 0;
    virtual Status setDraft(std::int64_t session, const QString& draft) = 0;
    virtual Status trashSession(std::int64_t session) = 0;
    virtual Status restoreSession(std::int64_t session) = 0;
    virtual Status removeDocument(std::int64_t session, std::int64_t document) = 0;
};

} // namespace lectern
