// The window's door to the engine. Lives in the GUI thread; owns one worker thread that runs one request at a time, in
// order. Requests are values, replies are values by queued signals; nothing here blocks. Answers, documents and
// sessions are written to the SessionStore by the worker (through its single writing connection) before they are
// announced. Methods and signals: engine_port.h.
#pragma once

#include "app/worker/engine_port.h"

#include <memory>

namespace lectern {

class SessionStore;

class EngineService : public EnginePort {
    Q_OBJECT
public:
    // The store is shared with the window, which only reads through it; it is thread-safe.
    explicit EngineService(std::shared_ptr<SessionStore> store, QObject* parent = nullptr);
    ~EngineService() override; // cancels, then waits for the worker

    void openModel(const QString& path, const EngineSettings& settings) override;
    void ingest(std::int64_t sessionId, const QStringList& paths) override;
    void ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings) override;
    void cancel() override;
    bool isBusy() const override;
    void setAttentionWish(const AttentionWish& wish) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lectern
