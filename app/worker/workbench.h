// Does the requests, one after the other, on the calling thread: opens a model, reads documents into a
// session, answers a question. No Qt in it; the window's worker thread and the command line use the same one.
// Everything a person did is in the store before it is announced.
#pragma once

#include "app/session/shared_store.h"
#include "app/worker/needle_grid.h"
#include "app/worker/plan_comparison.h"
#include "app/worker/prompt_view.h"
#include "app/worker/reading_prompt.h"
#include "app/worker/snapshot_keeper.h"
#include "app/worker/values.h"
#include "engine/base/cancel.h"
#include "engine/run/engine_session.h"
#include "engine/run/generate.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lectern {

struct AskRequest {
    SessionId session;
    std::string question;
    GenerationSettings generation;
    // A question of the session: it and everything after it are replaced by this question. To branch instead,
    // ask in a copy made by SessionStore::duplicateSession(). Both keep the KV of what the texts have in
    // common.
    std::optional<MessageId> instead{};
};

// Called on the thread that asks. Empty functions are not called.
struct AnswerListener {
    std::function<void(std::int64_t question, std::int64_t answer)>
        started;                                      // message ids, in the store by now
    std::function<void(const PromptViewPtr&)> prompt; // before it is read
    std::function<void(const PrefillProgress&)> prefill;
    std::function<void(const std::string& text)> text; // whole characters
    // After every chunk and token: telemetry may be taken from the workbench.
    std::function<void()> stepped;
};

class Workbench {
public:
    // `cacheFolder`: where snapshots of keys and values are kept; empty: there are none.
    explicit Workbench(std::shared_ptr<SharedStore> store, const std::string& cacheFolder = {});

    Result<ModelFacts> openModel(const std::string& path, const EngineSettings& settings);
    bool hasModel() const { return m_model != nullptr; }
    const std::shared_ptr<const LoadedModel>& model() const { return m_model; }

    // session 0 makes a new one named after the first document. A document that can not be read is a row with
    // a message, not an error; the others go on.
    Result<IngestReply> ingest(SessionId session, const std::vector<std::string>& paths,
                               const std::function<void(const IngestProgress&)>& progress,
                               const CancelToken& cancel);

    // Reads a document of the session again from where it came; the new text takes its place.
    Result<IngestedDocument> readAgain(SessionId session, DocumentId document,
                                       const std::function<void(const IngestProgress&)>& progress,
                                       const CancelToken& cancel);

    Result<AnswerReply> ask(const AskRequest& request, const AnswerListener& listener, const CancelToken& cancel);

    // Asks under each plan, in caches of their own; the session and its cache stay as they are, nothing is
    // stored.
    Result<std::vector<PlanOutcome>> compare(SessionId session, const std::string& question,
                                             const PlanComparisonSettings& settings,
                                             const ComparisonListener& listener, const CancelToken& cancel);
    Result<std::vector<NeedleCell>> findNeedles(const NeedleSettings& settings,
                                                const NeedleListener& listener, const CancelToken& cancel);

    // Until the snapshots are on the disk, or cancelled. For programs that end after an answer.
    void waitForSnapshots(const CancelToken& cancel);

    // Telemetry of the session being read, for the thread that runs the request.
    KvUsage kvUsage() const;
    AttentionSnapshotPtr attention();
    void setAttentionWish(const AttentionWish& wish);

private:
    struct Turn; // one ask() under way
    Status prepareEngine(Turn& turn);
    Status readPrompt(Turn& turn, const AnswerListener& listener, const CancelToken& cancel);
    Status writeAnswer(Turn& turn, const AnswerListener& listener, const CancelToken& cancel);
    Status runTurn(Turn& turn, const AnswerListener& listener, const CancelToken& cancel);
    Result<IngestedDocument> ingestOne(SessionId session, const std::string& path,
                                       const std::function<void(const IngestProgress&)>& progress,
                                       const CancelToken& cancel, std::vector<SkippedPath>& skipped,
                                       std::optional<DocumentId> replaces);
    void applyWish();
    SnapshotIdentity snapshotIdentity();
    void keepSnapshot(SessionId session);

    std::shared_ptr<SharedStore> m_store;
    EngineSettings m_settings;
    std::shared_ptr<ThreadPool> m_pool;
    std::shared_ptr<const LoadedModel> m_model;
    SnapshotIdentity m_identity;             // what of it the model alone decides; made when it is needed first
    std::unique_ptr<EngineSession> m_engine; // of the session asked last
    SessionId m_session;                     // that one
    std::unique_ptr<SnapshotKeeper> m_keeper; // nullptr: none are kept
    AttentionWish m_wish;
};

} // namespace lectern
