// Everything behind the window except its widgets: the models the views show, the engine and the library
// behind them, and what to do when either reports. No window needed. GUI thread; owns the models, not the
// engine nor the library.
#pragma once

#include "app/worker/engine_port.h"
#include "app/worker/plan_price.h"
#include "ui/common/selection.h"
#include "ui/state/activity.h"
#include "ui/state/attention_model.h"
#include "ui/state/bookmarks.h"
#include "ui/state/capture_file.h"
#include "ui/state/chat_model.h"
#include "ui/state/document_list_model.h"
#include "ui/state/experiments.h"
#include "ui/state/library.h"
#include "ui/state/memory_model.h"
#include "ui/state/prompt_map.h"
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
    ComparisonModel& comparison() { return m_comparison; }
    NeedleModel& needles() { return m_needles; }
    const std::optional<ModelFacts>& model() const { return m_model; }
    const Activity& activity() const { return m_activity; }
    const Choices& choices() const { return m_choices; }
    Settings& settings() { return *m_settings; }
    std::int64_t session() const { return m_session; } // 0: a new one, not yet kept
    QString sessionName() const;
    Result<DocumentText> documentText(std::int64_t document) const;
    const PromptMap& promptMap() const;
    // The exact prompt of the question asked last in this session; nullptr before one.
    PromptViewPtr prompt() const { return m_prompt && m_prompt->session == m_session ? m_prompt : nullptr; }
    std::int64_t promptReused() const
    {
        return m_promptReused;
    } // tokens of it that were in the KV cache already
    std::int64_t measuredAnswer() const
    {
        return m_measuredAnswer;
    } // the answer that attention() belongs to; 0: none
    // The plan in force; nothing without a model.
    const std::optional<PlanPrice>& plan() const { return m_plan; }
    const EngineSettings& engineSettings() const { return m_engineNow; }
    const HeadPattern*
    patternOf(HeadChoice head) const; // of a query head, under the plan in force; nullptr if unknown
    QString promptText(std::int64_t begin, std::int64_t end) const; // of prompt tokens, short, on one line
    // Models a person can open with one click: the bundled ones and those opened before that still are there.
    QStringList knownModels() const;
    void setBundledModels(QStringList paths);
    void setModelPlan(const QString& model, const std::string& plan)
    {
        m_settings->setModelPlan(model, plan);
    }

    const std::vector<Bookmark>& bookmarks() const { return m_bookmarks; }
    void addBookmark();
    void goToBookmark(int index);
    void forgetBookmarks();

    // What the views show now, and a kept capture shown in their place; asking then begins a new session.
    Capture capture() const;
    bool saveCapture(const QString& path);
    void openCapture(const QString& path);
    bool showsCapture() const { return m_capture.has_value(); }

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
    // The last answer is written anew.
    void regenerate();
    // Another question in the place of one of the session's: it and what follows are replaced.
    void askInstead(std::int64_t question, const QString& text);
    // A new session with the documents and everything up to this message.
    void branchAt(std::int64_t message);
    // One question of this session under several plans; nothing is stored.
    void compare(const QString& question, const std::vector<std::string>& plans);
    void findNeedles(const NeedleSettings& settings);
    // Keeps a plan that no string can say as a file; its path, or "" where that failed (the person has been
    // told).
    std::string savePlanDocument(const LayerPlan& plan);
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
    void promptChanged();
    void modelsChanged();
    void comparisonWanted(const std::vector<std::string>& plans);
    void problem(const lectern::Problem& problem);
    void questionReturned(const QString& text); // it waited for documents that could not be added
    void noticed(const QString& text);
    void noticedUndoable(const QString& text, const std::function<void()>& undo);

private:
    void connectEngine();
    void connectExperiments();
    void beginAsking(const QString& text);
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
    void chooseTellingHead();
    void keepBookmarks();
    void leaveCapture();
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
    ComparisonModel m_comparison;
    NeedleModel m_needles;
    Choices m_choices;          // as saved
    EngineSettings m_engineNow; // with what the command line said
    std::optional<ModelFacts> m_model;
    std::optional<PlanPrice> m_plan;
    std::optional<Capture> m_capture;
    std::vector<Bookmark> m_bookmarks;
    QStringList m_bundled;
    PromptViewPtr m_prompt;
    std::int64_t m_promptReused = 0;
    mutable PromptMap m_promptMap;
    mutable bool m_promptMapKnown = false;
    Activity m_activity;
    std::function<QString()> m_sample;
    std::function<void()> m_retry;
    std::int64_t m_session = 0;
    std::int64_t m_answering = 0; // id of the answer under way; 0: none
    std::int64_t m_answeringSession = 0;
    std::int64_t m_measuredAnswer = 0;
    bool m_headChosen = false; // by a person; else the most telling one is shown
    bool m_choosingHead = false;
    std::int64_t m_measuredSession = 0; // what the engine's memory and attention belong to
    QString m_waiting;                  // a question that waits for documents
    qint64 m_answerStartMs = 0;
    std::int64_t m_answerPieces = 0;
    std::map<std::int64_t, std::int64_t> m_tokens; // of documents, by id, as the engine counted them
    bool m_askedHere = false;                      // the question under way was put in the session on screen
    bool m_ingestHere = false;
    bool m_attentionVisible = false, m_overlayVisible = false;
};

} // namespace lectern

Q_DECLARE_METATYPE(lectern::Problem)
