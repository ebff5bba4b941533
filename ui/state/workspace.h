// Everything behind the window except its widgets: the models the views show, the engine and the library behind them,
// and what to do when either reports. No window needed. GUI thread; owns the models, not the engine nor the library.
#pragma once

#include "app/worker/engine_port.h"
#include "ui/state/activity.h"
#include "ui/state/attention_model.h"
#include "ui/state/chat_model.h"
#include "ui/common/selection.h"
#include "ui/state/document_list_model.h"
#include "ui/state/prompt_map.h"
#include "ui/state/library.h"
#include "ui/state/memory_model.h"
#include "ui/state/session_list_model.h"
#include "ui/state/settings.h"

#include <QObject>

#include <functional>
#include <map>
#include <optional>

namespace lectern {

// A message for the person: what happened, why, what to do, and perhaps the button that does it.
struct Problem {
    enum class Fix { None, OpenSettings, OpenModel, AddDocuments, Retry };
    QString title, details;
    Fix fix = Fix::None;
};

class Workspace : public QObject {
    Q_OBJECT
public:
    Workspace(EnginePort* engine, Library* library, Settings* settings, QObject* parent = nullptr);

    SessionListModel& sessions() { return m_sessions; }
    ChatModel& chat() { return m_chat; }
    DocumentListModel& documents() { return m_documents; }
    MemoryModel& memory() { return m_memory; }
    AttentionModel& attention() { return m_attention; }
    Selection& selection() { return m_selection; }
    const std::optional<ModelFacts>& model() const { return m_model; }
    const Activity& activity() const { return m_activity; }
    const Choices& choices() const { return m_choices; }
    Settings& settings() { return *m_settings; }
    std::int64_t session() const { return m_session; } // 0: a new one, not yet kept
    QString sessionName() const;
    Result<DocumentText> documentText(std::int64_t document) const { return m_library->documentText(document); }
    PromptMap promptMap() const;

    void start(std::int64_t session); // 0: the last one, if it still is there
    // In a new session, or in `session` if it is not 0.
    void startOn(std::int64_t session, const QStringList& paths);
    // Said on the command line: in force, but not saved. "" and a negative number leave the choice.
    void overrideForThisRun(const QString& plan, int threads, std::int64_t kvBudget = -2);
    void newSession();
    void openSession(std::int64_t session);
    void renameSession(std::int64_t session, const QString& name);
    void trashSession(std::int64_t session); // tells noticed() with an undo
    void keepDraft(const QString& draft);
    QString draft() const;

    void openPaths(const QStringList& paths);
    void openModel(const QString& path);
    void removeDocument(std::int64_t document);
    // While documents are being added the question waits for them.
    void ask(const QString& question);
    void stop();
    void retry(); // the last request that failed
    bool isBusy() const { return !m_activity.isIdle(); }
    bool isAnswering() const;

    void setSample(std::function<QString()> path);
    bool hasSample() const { return m_sample && !m_sample().isEmpty(); }
    void openSample();

    void applyChoices(const Choices& choices); // saved; a changed engine opens the model again
    // The engine measures attention only while a view shows it.
    void setAttentionViewVisible(bool visible);
    void setOverlayVisible(bool visible);

signals:
    void sessionChanged(std::int64_t session);
    void documentsChanged();
    void modelChanged();
    void activityChanged();
    void problem(const lectern::Problem& problem);
    void questionReturned(const QString& text); // it waited for documents that could not be added
    void noticed(const QString& text);
    void noticedUndoable(const QString& text, const std::function<void()>& undo);

private:
    void connectEngine();
    void onIngestFinished(const IngestReply& reply);
    void onAnswerStarted(std::int64_t session, std::int64_t question, std::int64_t answer);
    void onAnswerText(std::int64_t answer, const QString& text);
    void onAnswerFinished(const AnswerReply& reply);
    void onFailed(const QString& request, const Error& error);
    void setActivity(const Activity& activity);
    void reloadSessions();
    void reloadDocuments();
    void adoptSession(std::int64_t session);
    void sendAttentionWish();
    void report(const QString& title, const Error& error, Problem::Fix fix = Problem::Fix::None);

    EnginePort* m_engine;
    Library* m_library;
    Settings* m_settings;
    SessionListModel m_sessions;
    ChatModel m_chat;
    DocumentListModel m_documents;
    MemoryModel m_memory;
    AttentionModel m_attention;
    Selection m_selection;
    Choices m_choices; // as saved
    EngineSettings m_engineNow; // with what the command line said
    std::optional<ModelFacts> m_model;
    Activity m_activity;
    std::function<QString()> m_sample;
    std::function<void()> m_retry;
    std::int64_t m_session = 0;
    std::int64_t m_answering = 0; // id of the answer under way; 0: none
    std::int64_t m_answeringSession = 0;
    std::int64_t m_measuredSession = 0; // what the engine's memory and attention belong to
    QString m_waiting;                  // a question that waits for documents
    qint64 m_answerStartMs = 0;
    std::int64_t m_answerPieces = 0;
    std::map<std::int64_t, std::int64_t> m_tokens; // of documents, by id, as the engine counted them
    bool m_askedHere = false; // the question under way was put in the session on screen
    bool m_ingestHere = false;
    bool m_attentionVisible = false, m_overlayVisible = false;
};

} // namespace lectern

Q_DECLARE_METATYPE(lectern::Problem)
