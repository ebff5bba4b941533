// The engine behind the window's door: owns one worker thread that runs one request at a time, in order, on a Workbench.
// Methods and signals: engine_port.h.
#pragma once

#include "app/session/shared_store.h"
#include "app/worker/engine_port.h"

#include <memory>

namespace lectern {

class EngineService : public EnginePort {
    Q_OBJECT
public:
    // The worker writes answers and documents through the store; the window uses the same object, under its lock.
    // `cacheFolder`: for snapshots of keys and values; empty: there are none.
    explicit EngineService(std::shared_ptr<SharedStore> store, const QString& cacheFolder = {},
                           QObject* parent = nullptr);
    ~EngineService() override; // cancels, then waits for the worker

    void openModel(const QString& path, const EngineSettings& settings) override;
    void ingest(std::int64_t sessionId, const QStringList& paths) override;
    void ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings) override;
    void comparePlans(std::int64_t sessionId, const QString& question,
                      const PlanComparisonSettings& settings) override;
    void findNeedles(const NeedleSettings& settings) override;
    void askInstead(std::int64_t sessionId, std::int64_t messageId, const QString& question,
                    const GenerationSettings& settings) override;
    void cancel() override;
    bool isBusy() const override { return m_pending > 0; }
    void setAttentionWish(const AttentionWish& wish) override;

private:
    class Runner;
    // Runs `work` in the worker thread and keeps busyChanged() right.
    void post(std::function<void(Runner&, const CancelToken&)> work);

    std::unique_ptr<QThread> m_thread;
    Runner* m_runner; // lives in m_thread, which deletes it
    CancelToken m_cancel; // of the requests posted since the last cancel()
    int m_pending = 0;
};

} // namespace lectern
