#include "ui/state/store_library.h"

#include "app/session/shared_store.h"

namespace lectern {

namespace {

StoredState stateOf(MessageState state)
{
    switch (state) {
    case MessageState::Generating:
        return StoredState::Generating;
    case MessageState::Interrupted:
        return StoredState::Interrupted;
    case MessageState::Failed:
        return StoredState::Failed;
    case MessageState::Complete:
        break;
    }
    return StoredState::Complete;
}

// Names may hold any bytes a file system allows.
QString text(const std::string& utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

} // namespace

Result<std::vector<SessionRow>> StoreLibrary::sessions() const
{
    const auto infos = m_store->run([](SessionStore& store) { return store.sessions(); });
    if (!infos)
        return failed(infos);
    std::vector<SessionRow> rows;
    for (const SessionInfo& info : *infos)
        rows.push_back({info.id.value, text(info.name), info.changedMs, int(info.documentCount),
                        int(info.messageCount), text(info.draft)});
    return rows;
}

Result<std::vector<DocumentRow>> StoreLibrary::documents(std::int64_t session) const
{
    const auto infos = m_store->run([&](SessionStore& store) { return store.documents(SessionId(session)); });
    if (!infos)
        return failed(infos);
    std::vector<DocumentRow> rows;
    for (const DocumentInfo& info : *infos)
        rows.push_back({info.id.value, text(info.name), text(info.path), text(info.kind), info.bytesOnDisk,
                        info.textBytes, 0, int(info.pageCount)});
    return rows;
}

Result<std::vector<MessageRow>> StoreLibrary::messages(std::int64_t session) const
{
    const auto messages =
        m_store->run([&](SessionStore& store) { return store.messages(SessionId(session)); });
    if (!messages)
        return failed(messages);
    std::vector<MessageRow> rows;
    for (const Message& message : *messages) {
        if (message.role == MessageRole::System)
            continue;
        rows.push_back({message.id.value,
                        message.role == MessageRole::User ? MessageKind::Question : MessageKind::Answer,
                        stateOf(message.state), text(message.text), text(message.stopReason),
                        QByteArray::fromStdString(message.statsJson),
                        QByteArray::fromStdString(message.evidenceJson)});
    }
    return rows;
}

Result<DocumentText> StoreLibrary::documentText(std::int64_t document) const
{
    auto stored = m_store->run([&](SessionStore& store) { return store.document(DocumentId(document)); });
    if (!stored)
        return failed(stored);
    DocumentText result;
    result.id = document;
    result.name = text(stored->name);
    result.utf8 = std::move(stored->text);
    for (const PageMark& mark : stored->pages)
        result.pages.push_back({int(mark.page), mark.offset});
    for (const FileMark& mark : stored->files)
        result.files.push_back({text(mark.path), mark.offset, mark.length, int(mark.firstLine)});
    return result;
}

Result<std::int64_t> StoreLibrary::createSession(const QString& name)
{
    const auto made =
        m_store->run([&](SessionStore& store) { return store.createSession(name.toStdString()); });
    if (!made)
        return failed(made);
    return made->value;
}

Result<std::int64_t> StoreLibrary::branchSession(std::int64_t session, std::int64_t lastMessage,
                                                 const QString& name)
{
    const auto made = m_store->run([&](SessionStore& store) {
        return store.duplicateSession(SessionId(session), name.toStdString(), MessageId(lastMessage));
    });
    if (!made)
        return failed(made);
    return made->value;
}

Status StoreLibrary::renameSession(std::int64_t session, const QString& name)
{
    return m_store->run(
        [&](SessionStore& store) { return store.renameSession(SessionId(session), name.toStdString()); });
}

Status StoreLibrary::setDraft(std::int64_t session, const QString& draft)
{
    return m_store->run(
        [&](SessionStore& store) { return store.setDraft(SessionId(session), draft.toStdString()); });
}

Status StoreLibrary::trashSession(std::int64_t session)
{
    return m_store->run([&](SessionStore& store) { return store.trashSession(SessionId(session)); });
}

Status StoreLibrary::restoreSession(std::int64_t session)
{
    return m_store->run([&](SessionStore& store) { return store.restoreSession(SessionId(session)); });
}

Status StoreLibrary::removeDocument(std::int64_t session, std::int64_t document)
{
    return m_store->run(
        [&](SessionStore& store) { return store.removeDocument(SessionId(session), DocumentId(document)); });
}

} // namespace lectern
