// A library in memory for the tests of the window.
#pragma once

#include "ui/state/library.h"

#include <map>
#include <string>

namespace lectern::test {

class FakeLibrary : public Library {
public:
    std::vector<SessionRow> sessionRows;
    std::map<std::int64_t, SessionRow> trashed;
    std::map<std::int64_t, std::vector<DocumentRow>> documentRows; // by session
    std::map<std::int64_t, std::vector<MessageRow>> messageRows;   // by session
    std::map<std::int64_t, DocumentText> texts;
    bool broken = false; // every call fails

    std::int64_t addSession(const QString& name)
    {
        sessionRows.insert(sessionRows.begin(),
                           {++m_lastId, name, 1'790'000'000'000 + m_lastId * 60'000, 0, 0, {}});
        return m_lastId;
    }

    std::int64_t addDocument(std::int64_t session, const QString& name, const std::string& text)
    {
        const std::int64_t id = ++m_lastId;
        DocumentRow row{id,          name,        QStringLiteral("/books/") + name, QStringLiteral("text"),
                        text.size(), text.size(), std::int64_t(text.size() / 4),    0};
        documentRows[session].push_back(row);
        texts[id] = {id, name, text, {}, {}};
        for (SessionRow& s : sessionRows)
            if (s.id == session)
                ++s.documents;
        return id;
    }

    std::int64_t addMessage(std::int64_t session, MessageRow row)
    {
        row.id = ++m_lastId;
        messageRows[session].push_back(row);
        return row.id;
    }

    Result<std::vector<SessionRow>> sessions() const override
    {
        if (broken)
            return fail(ErrorCode::Disk, "The disk is full.", "Free some space.");
        return sessionRows;
    }
    Result<std::vector<DocumentRow>> documents(std::int64_t session) const override
    {
        const auto found = documentRows.find(session);
        return found == documentRows.end() ? std::vector<DocumentRow>() : found->second;
    }
    Result<std::vector<MessageRow>> messages(std::int64_t session) const override
    {
        const auto found = messageRows.find(session);
        return found == messageRows.end() ? std::vector<MessageRow>() : found->second;
    }
    Result<DocumentText> documentText(std::int64_t document) const override
    {
        const auto found = texts.find(document);
        if (found == texts.end())
            return fail(ErrorCode::NotFound, "There is no such document.");
        return found->second;
    }
    Result<std::int64_t> createSession(const QString& name) override { return addSession(name); }
    Result<std::int64_t> branchSession(std::int64_t session, std::int64_t lastMessage,
                                       const QString& name) override
    {
        const std::int64_t made = addSession(name);
        documentRows[made] = documentRows[session];
        for (const MessageRow& row : messageRows[session]) {
            messageRows[made].push_back(row);
            if (row.id == lastMessage)
                break;
        }
        return made;
    }
    Status renameSession(std::int64_t session, const QString& name) override
    {
        for (SessionRow& row : sessionRows)
            if (row.id == session)
                row.name = name;
        return {};
    }
    Status setDraft(std::int64_t session, const QString& draft) override
    {
        for (SessionRow& row : sessionRows)
            if (row.id == session)
                row.draft = draft;
        return {};
    }
    Status trashSession(std::int64_t session) override
    {
        for (const SessionRow& row : sessionRows)
            if (row.id == session)
                trashed[session] = row;
        std::erase_if(sessionRows, [session](const SessionRow& row) { return row.id == session; });
        return {};
    }
    Status restoreSession(std::int64_t session) override
    {
        if (!trashed.count(session))
            return fail(ErrorCode::NotFound, "There is no such session in the trash.");
        sessionRows.insert(sessionRows.begin(), trashed[session]);
        trashed.erase(session);
        return {};
    }
    Status removeDocument(std::int64_t session, std::int64_t document) override
    {
        std::erase_if(documentRows[session],
                      [document](const DocumentRow& row) { return row.id == document; });
        return {};
    }

private:
    std::int64_t m_lastId = 0;
};

} // namespace lectern::test
