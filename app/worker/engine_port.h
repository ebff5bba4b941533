// What the window knows of the engine: requests as values, replies as queued signals, nothing blocks.
// EngineService is the real one; the tests of ui/ put a scripted one behind the same door. Lives in the GUI
// thread.
#pragma once

#include "app/worker/experiment_values.h"
#include "app/worker/prompt_view.h"
#include "app/worker/values.h"

#include <QObject>
#include <QString>
#include <QStringList>

namespace lectern {

class EnginePort : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void openModel(const QString& path, const EngineSettings& settings) = 0;
    // sessionId 0 makes a new session.
    virtual void ingest(std::int64_t sessionId, const QStringList& paths) = 0;
    virtual void ask(std::int64_t sessionId, const QString& question, const GenerationSettings& settings) = 0;
    // Asks the session's documents under each plan; nothing is stored. The open model and its settings are
    // used.
    virtual void comparePlans(std::int64_t sessionId, const QString& question,
                              const PlanComparisonSettings& settings) = 0;
    virtual void findNeedles(const NeedleSettings& settings) = 0;
    // Asks instead of the session's question `messageId`: that one and everything after it are replaced. With
    // the same words, its answer is written anew.
    virtual void askInstead(std::int64_t sessionId, std::int64_t messageId, const QString& question,
                            const GenerationSettings& settings) = 0;
    virtual void cancel() = 0; // the request under way; queued ones too
    virtual bool isBusy() const = 0;
    virtual void setAttentionWish(const AttentionWish& wish) = 0;

signals:
    void busyChanged(bool busy);
    void modelLoading(const QString& path, double fraction);
    void modelOpened(const lectern::ModelFacts& facts);
    void ingestProgress(const lectern::IngestProgress& progress);
    void ingestFinished(const lectern::IngestReply& reply);
    // The question is in the store when this comes; the answer's row too, as "generating".
    void answerStarted(std::int64_t sessionId, std::int64_t questionId, std::int64_t answerId);
    // The exact prompt, before it is read.
    void promptMade(lectern::PromptViewPtr prompt);
    void prefillProgress(const lectern::PrefillProgress& progress);
    void answerText(std::int64_t answerId, const QString& newText); // whole characters, in order
    void answerFinished(const lectern::AnswerReply& reply);
    void planStarted(const QString& plan);       // of a comparison; prefillProgress() follows
    void planAnswerText(const QString& newText); // of the plan started last
    void planFinished(const lectern::PlanOutcome& outcome);
    void comparisonFinished();
    void needleCellFinished(const lectern::NeedleCell& cell);
    void needlesFinished();
    // request: "model", "ingest", "answer", "comparison" or "needles".
    void failed(const QString& request, const lectern::Error& error);
    // At most 30 a second, only when changed.
    void kvUsageChanged(const lectern::KvUsage& usage);
    void attentionChanged(lectern::AttentionSnapshotPtr snapshot);
};

} // namespace lectern

Q_DECLARE_METATYPE(lectern::ModelFacts)
Q_DECLARE_METATYPE(lectern::IngestProgress)
Q_DECLARE_METATYPE(lectern::IngestReply)
Q_DECLARE_METATYPE(lectern::PrefillProgress)
Q_DECLARE_METATYPE(lectern::AnswerReply)
Q_DECLARE_METATYPE(lectern::PlanOutcome)
Q_DECLARE_METATYPE(lectern::NeedleCell)
Q_DECLARE_METATYPE(lectern::Error)
Q_DECLARE_METATYPE(lectern::KvUsage)
Q_DECLARE_METATYPE(lectern::AttentionSnapshotPtr)
Q_DECLARE_METATYPE(lectern::PromptViewPtr)
