// The window's door to the engine. Lives in the GUI thread; owns one worker thread that runs one request at a time, in
// order. Requests are values, replies are values by queued signals; nothing here blocks. Answers, documents and
// sessions are written to the SessionStore by the worker (through its single writing connection) before they are
// announced.
#pragma once

#include "app/worker/values.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <memory>

namespace lectern {

class SessionStore;

class EngineService : public QObject {
    Q_OBJECT
public:
    // The store is shared with the window, which only reads through it; it is thread-safe.
    explicit EngineService(std::shared_ptr<SessionStore> store, QObject* parent = nullptr);
    ~EngineService() override; // cancels, then waits for the worker

    void openModel(const QString& path, const EngineSettings& settings);
    // sessionId 0 makes a new session.
    void ingest(std::int64_t sessionId, const QStringList& paths);
    void ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings);
    void cancel();     // the request under way; queued ones too
    bool isBusy() const;
    void setAttentionWish(const AttentionWish& wish);

signals:
    void busyChanged(bool busy);
    void modelLoading(const QString& path, double fraction);
    void modelOpened(const lectern::ModelFacts& facts);
    void ingestProgress(const lectern::IngestProgress& progress);
    void ingestFinished(const lectern::IngestReply& reply);
    // The question is in the store when this comes; the answer's row too, as "generating".
    void answerStarted(std::int64_t sessionId, std::int64_t questionId, std::int64_t answerId);
    void prefillProgress(const lectern::PrefillProgress& progress);
    void answerText(std::int64_t answerId, const QString& newText); // whole characters, in order
    void answerFinished(const lectern::AnswerReply& reply);
    // request: "model", "ingest" or "answer".
    void failed(const QString& request, const lectern::Error& error);
    // At most 30 a second, only when changed.
    void kvUsageChanged(const lectern::KvUsage& usage);
    void attentionChanged(lectern::AttentionSnapshotPtr snapshot);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace lectern

Q_DECLARE_METATYPE(lectern::ModelFacts)
Q_DECLARE_METATYPE(lectern::IngestProgress)
Q_DECLARE_METATYPE(lectern::IngestReply)
Q_DECLARE_METATYPE(lectern::PrefillProgress)
Q_DECLARE_METATYPE(lectern::AnswerReply)
Q_DECLARE_METATYPE(lectern::Error)
Q_DECLARE_METATYPE(lectern::KvUsage)
Q_DECLARE_METATYPE(lectern::AttentionSnapshotPtr)
