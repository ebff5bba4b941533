// How documents come into a session.
#include "app/worker/workbench.h"

#include "app/documents/document_readers.h"

namespace lectern {

Result<IngestedDocument> Workbench::ingestOne(SessionId session, const std::string& path,
                                              const std::function<void(const IngestProgress&)>& progress,
                                              const CancelToken& cancel, std::vector<SkippedPath>& skipped,
                                              std::optional<DocumentId> replaces)
{
    ReadOptions options;
    options.cancel = cancel;
    if (progress)
        options.progress = [&](const ReadProgress& read) {
            progress({read.item.empty() ? path : read.item, read.doneBytes, read.totalBytes,
                      static_cast<int>(read.page)});
        };
    auto document = readDocument(path, options);
    if (!document)
        return failed(document);
    const auto id = m_store->run([&](SessionStore& store) {
        return replaces ? store.replaceDocument(session, *replaces, *document, cancel)
                        : store.addDocument(session, *document, cancel);
    });
    if (!id)
        return failed(id);
    IngestedDocument row;
    row.id = id->value;
    row.path = path;
    row.name = document->name;
    row.kind = document->kind;
    row.bytes = document->bytesOnDisk;
    row.characters = characterCount(document->text);
    row.pages = static_cast<int>(document->pages.size());
    row.status = "ready";
    for (const std::string& warning : document->warnings)
        row.message += (row.message.empty() ? "" : " ") + warning;
    if (m_model) {
        const auto ids = m_model->tokenizer().encode(document->text, Trust::Text);
        row.tokens = ids ? static_cast<std::int64_t>(ids->size()) : 0;
    }
    skipped.insert(skipped.end(), document->skipped.begin(), document->skipped.end());
    return row;
}

Result<IngestedDocument> Workbench::readAgain(SessionId session, DocumentId document,
                                              const std::function<void(const IngestProgress&)>& progress,
                                              const CancelToken& cancel)
{
    const auto infos = m_store->run([&](SessionStore& store) { return store.documents(session); });
    if (!infos)
        return failed(infos);
    const auto info = std::find_if(infos->begin(), infos->end(),
                                   [&](const DocumentInfo& candidate) { return candidate.id == document; });
    if (info == infos->end())
        return fail(ErrorCode::NotFound, "This document is no longer in the session.", "Add it again.");
    std::vector<SkippedPath> skipped;
    return ingestOne(session, info->path, progress, cancel, skipped, document);
}

Result<IngestReply> Workbench::ingest(SessionId session, const std::vector<std::string>& paths,
                                      const std::function<void(const IngestProgress&)>& progress,
                                      const CancelToken& cancel)
{
    if (session.value == 0) {
        std::string name = paths.empty() ? "New session" : paths.front();
        while (name.size() > 1 && name.back() == '/')
            name.pop_back();
        name = name.substr(name.find_last_of('/') + 1);
        const auto made = m_store->run([&](SessionStore& store) { return store.createSession(name); });
        if (!made)
            return failed(made);
        session = *made;
    }
    IngestReply reply;
    reply.sessionId = session.value;
    for (const std::string& path : paths) {
        auto row = ingestOne(session, path, progress, cancel, reply.skipped, {});
        if (row) {
            reply.documents.push_back(std::move(*row));
            continue;
        }
        if (row.error().code == ErrorCode::Cancelled)
            return failed(row);
        IngestedDocument refused;
        refused.path = path;
        refused.name = path.substr(path.find_last_of('/') + 1);
        refused.status = "failed";
        refused.message = row.error().message + (row.error().hint.empty() ? "" : " " + row.error().hint);
        reply.documents.push_back(std::move(refused));
    }
    return reply;
}

} // namespace lectern
