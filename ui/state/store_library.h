// The library over the session store, shared with the engine's worker under the store's lock.
#pragma once

#include "ui/state/library.h"

#include <memory>

namespace lectern {

class SharedStore;

class StoreLibrary : public Library {
public:
    explicit StoreLibrary(std::shared_ptr<SharedStore> store) : m_store(std::move(store)) {}

    Result<std::vector<SessionRow>> sessions() const override;
    Result<std::vector<DocumentRow>> documents(std::int64_t session) const override;
    Result<std::vector<MessageRow>> messages(std::int64_t session) const override;
    Result<DocumentText> documentText(std::int64_t document) const override;
    Result<std::int64_t> createSession(const QString& name) override;
    Result<std::int64_t> branchSession(std::int64_t session, std::int64_t lastMessage,
                                       const QString& name) override;
    Status renameSession(std::int64_t session, const QString& name) override;
    Status setDraft(std::int64_t session, const QString& draft) override;
    Status trashSession(std::int64_t session) override;
    Status restoreSession(std::int64_t session) override;
    Status removeDocument(std::int64_t session, std::int64_t document) override;

private:
    std::shared_ptr<SharedStore> m_store;
};

} // namespace lectern
