#include "ui/state/workspace.h"

#include "ui/common/format.h"
#include "ui/common/message_bar.h"
#include "ui/common/visible_text.h"
#include "ui/state/drop_paths.h"

#include <QDateTime>

#include <algorithm>

namespace lectern {

namespace {
constexpr int kNameLength = 60; // of a session named after its first question
}

Workspace::Workspace(EnginePort* engine, Library* library, Settings* settings, QObject* parent)
    : QObject(parent), m_engine(engine), m_library(library), m_settings(settings),
      m_choices(settings->load()), m_engineNow(m_choices.engine)
{
    connectEngine();
    connectExperiments();
    connect(&m_selection, &Selection::headChanged, this, [this] {
        m_headChosen |= !m_choosingHead;
        sendAttentionWish();
    });
    for (const auto change : {&Workspace::documentsChanged, &Workspace::promptChanged})
        connect(this, change, this, [this] { m_promptMapKnown = false; });
    connect(this, &Workspace::sessionChanged, this, [this] { m_promptMapKnown = false; });
    connect(&m_attention, &AttentionModel::stepChanged, this, [this] {
        const auto& steps = m_attention.recording().steps();
        if ((m_attention.isPaused() || showsCapture()) && m_attention.step() >= 0 &&
            !steps[std::size_t(m_attention.step())].usage.layers.empty())
            m_memory.showUsage(steps[std::size_t(m_attention.step())].usage);
    });
    connect(&m_attention, &AttentionModel::pausedChanged, this, [this](bool paused) {
        if (!paused && m_attention.recording().newestUsage().position > 0)
            m_memory.setUsage(m_attention.recording().newestUsage());
    });
    connect(&m_sessions, &SessionListModel::renameWanted, this, &Workspace::renameSession);
}

QString Workspace::sessionName() const
{
    if (m_capture)
        return m_capture->session;
    const SessionRow* row = m_sessions.find(m_session);
    return row && !row->name.isEmpty() ? row->name : tr("New session");
}

const PromptMap& Workspace::promptMap() const
{
    if (m_capture && !m_promptMapKnown)
        m_promptMap = PromptMap(m_capture->spans);
    else if (!m_promptMapKnown) {
        const PromptViewPtr exact = prompt();
        m_promptMap =
            exact ? PromptMap::fromPrompt(*exact) : PromptMap::fromDocuments(m_documents.readyRows());
    }
    m_promptMapKnown = true;
    return m_promptMap;
}

void Workspace::start(std::int64_t session)
{
    reloadSessions();
    const std::int64_t wanted = session != 0 ? session : m_settings->lastSession();
    if (wanted != 0 && m_sessions.find(wanted))
        openSession(wanted);
    else if (session != 0)
        report(tr("The session could not be opened"),
               {ErrorCode::NotFound, tr("There is no session number %1.").arg(session).toStdString(),
                tr("Choose one from the list.").toStdString()});
}

void Workspace::startOn(std::int64_t session, const QStringList& paths)
{
    reloadSessions();
    if (session != 0)
        openSession(session);
    openPaths(paths);
}

void Workspace::overrideForThisRun(const QString& plan, int threads, std::int64_t kvBudget)
{
    if (!plan.isEmpty())
        m_engineNow.plan = plan.toStdString();
    if (threads >= 0)
        m_engineNow.threads = threads;
    if (kvBudget >= -1)
        m_engineNow.kvBudget = kvBudget;
}

void Workspace::newSession()
{
    m_askedHere = m_ingestHere = false;
    leaveCapture();
    adoptSession(0);
    m_bookmarks.clear();
    m_chat.reset({}, {});
    m_documents.reset({});
    m_memory.clear();
    m_attention.setSnapshot(nullptr);
    m_selection.setDocument(0);
    emit sessionChanged(0);
    emit documentsChanged();
}

void Workspace::openSession(std::int64_t session)
{
    const auto documents = m_library->documents(session);
    const auto messages = m_library->messages(session);
    if (!documents || !messages) {
        report(tr("The session could not be opened"), documents ? messages.error() : documents.error());
        return;
    }
    const bool another = session != m_session || m_capture;
    leaveCapture();
    m_bookmarks.clear();
    for (const QString& line : m_settings->bookmarks(session))
        if (const auto bookmark = bookmarkFromText(line))
            m_bookmarks.push_back(*bookmark);
    m_askedHere = m_ingestHere = false;
    adoptSession(session);
    m_documents.reset({});
    reloadDocuments();
    m_chat.reset(*messages, m_documents.readyRows());
    if (m_answering != 0 && m_answeringSession == session)
        m_chat.continueWriting(m_answering);
    if (another && m_answeringSession != session) {
        m_memory.clear();
        m_attention.setSnapshot(nullptr);
    }
    m_selection.setDocument(m_documents.items().empty() ? 0 : m_documents.item(0).row.id);
    emit sessionChanged(session);
}

void Workspace::renameSession(std::int64_t session, const QString& name)
{
    if (const Status done = m_library->renameSession(session, name); !done)
        report(tr("The session could not be renamed"), done.error());
    reloadSessions();
    emit sessionChanged(m_session);
}

void Workspace::trashSession(std::int64_t session)
{
    const SessionRow* row = m_sessions.find(session);
    if (!row)
        return;
    const QString name = visibleLine(row->name);
    if (const Status done = m_library->trashSession(session); !done) {
        report(tr("The session could not be moved to the trash"), done.error());
        return;
    }
    reloadSessions();
    if (session == m_session)
        newSession();
    emit noticedUndoable(tr("“%1” moved to the trash").arg(name), [this, session] {
        if (const Status done = m_library->restoreSession(session); !done)
            report(tr("The session could not be restored"), done.error());
        reloadSessions();
        openSession(session);
    });
}

void Workspace::keepDraft(const QString& draft)
{
    if (m_session == 0 || draft == this->draft())
        return;
    if (const Status kept = m_library->setDraft(m_session, draft); kept)
        reloadSessions();
}

QString Workspace::draft() const
{
    const SessionRow* row = m_sessions.find(m_session);
    return row ? row->draft : QString();
}

void Workspace::openPaths(const QStringList& paths)
{
    const DroppedPaths sorted = sortPaths(paths);
    if (!sorted.refused.isEmpty())
        emit problem({tr("Nothing was found at “%1”").arg(visibleLine(sorted.refused.first())),
                      tr("It may have been moved or deleted. Choose the file again."),
                      Problem::Fix::AddDocuments});
    if (!sorted.captures.isEmpty())
        openCapture(sorted.captures.last());
    if (!sorted.models.isEmpty())
        openModel(sorted.models.last());
    if (sorted.documents.isEmpty())
        return;
    if (m_capture)
        newSession();
    m_retry = [this, paths = sorted.documents] { openPaths(paths); };
    m_ingestHere = true;
    m_documents.beginReading(sorted.documents);
    Activity activity;
    activity.kind = Activity::Kind::ReadingFiles;
    setActivity(activity);
    emit documentsChanged();
    m_engine->ingest(m_session, sorted.documents);
}

void Workspace::openModel(const QString& path)
{
    if (path != m_choices.model || !m_model) // its own plan, where a person gave it one
        if (const std::string plan = m_settings->modelPlan(path); !plan.empty())
            m_choices.engine.plan = m_engineNow.plan = plan;
    m_choices.model = path;
    m_retry = [this, path] { openModel(path); };
    Activity activity;
    activity.kind = Activity::Kind::LoadingModel;
    activity.subject = path.section(QLatin1Char('/'), -1);
    setActivity(activity);
    m_engine->openModel(path, m_engineNow);
}

void Workspace::removeDocument(std::int64_t document)
{
    if (const Status done = m_library->removeDocument(m_session, document); !done)
        report(tr("The document could not be removed"), done.error());
    reloadDocuments();
    if (m_selection.document() == document)
        m_selection.setDocument(m_documents.items().empty() ? 0 : m_documents.item(0).row.id);
    reloadSessions();
}

void Workspace::ask(const QString& question)
{
    const QString text = question.trimmed();
    if (text.isEmpty() || isAnswering())
        return;
    if (m_activity.kind == Activity::Kind::ReadingFiles) {
        m_waiting = text;
        emit noticed(tr("The question waits until the documents are added"));
        return;
    }
    if (m_capture)
        newSession();
    m_retry = [this, text] { ask(text); };
    if (m_session == 0) {
        const auto made = m_library->createSession(text.simplified().left(kNameLength));
        if (!made) {
            report(tr("The question could not be asked"), made.error(), Problem::Fix::Retry);
            return;
        }
        adoptSession(*made);
        reloadSessions();
        emit sessionChanged(m_session);
    }
    beginAsking(text);
    m_engine->ask(m_session, text, m_choices.generation);
}

void Workspace::beginAsking(const QString& text)
{
    m_askedHere = true;
    m_selection.setAnswerToken(-1);
    m_selection.setMarkedText({});
    m_attention.setPaused(false);
    m_chat.addQuestion(text);
    Activity activity;
    activity.kind = Activity::Kind::ReadingPrompt;
    setActivity(activity);
}

bool Workspace::isAnswering() const
{
    return m_answering != 0 || m_activity.kind == Activity::Kind::ReadingPrompt;
}

void Workspace::stop()
{
    m_engine->cancel();
}

void Workspace::retry()
{
    if (const auto again = m_retry) // a copy: what it calls sets m_retry anew
        again();
}

void Workspace::setSample(std::function<QString()> path)
{
    m_sample = std::move(path);
    emit documentsChanged(); // the empty views offer it now
}

void Workspace::openSample()
{
    if (hasSample())
        openPaths({m_sample()});
}

void Workspace::applyChoices(const Choices& choices)
{
    Choices kept = m_choices;
    kept.engine = choices.engine;
    const bool engineChanged = !(kept == m_choices);
    m_choices = choices;
    if (engineChanged)
        m_engineNow = choices.engine;
    m_settings->save(choices);
    sendAttentionWish();
    if (engineChanged && m_model)
        openModel(QString::fromStdString(m_model->path));
}

void Workspace::setAttentionViewVisible(bool visible)
{
    m_attentionVisible = visible;
    sendAttentionWish();
}

void Workspace::setOverlayVisible(bool visible)
{
    m_overlayVisible = visible;
    sendAttentionWish();
}

void Workspace::sendAttentionWish()
{
    AttentionWish wish;
    wish.enabled = m_choices.attentionLive && (m_attentionVisible || m_overlayVisible);
    if (m_selection.head().isValid())
        wish.heads = {{m_selection.head().layer, m_selection.head().head}};
    m_engine->setAttentionWish(wish);
}

} // namespace lectern
