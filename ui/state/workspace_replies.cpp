// What the engine reports, and what becomes of it.
#include "ui/common/format.h"
#include "ui/common/message_bar.h"
#include "ui/common/visible_text.h"
#include "ui/state/workspace.h"

#include <QDateTime>

#include <utility>

namespace lectern {

void Workspace::connectEngine()
{
    connect(m_engine, &EnginePort::busyChanged, this, [this](bool busy) {
        if (!busy)
            setActivity({});
    });
    connect(m_engine, &EnginePort::modelLoading, this, [this](const QString& path, double fraction) {
        Activity activity;
        activity.kind = Activity::Kind::LoadingModel;
        activity.subject = path.section(QLatin1Char('/'), -1);
        activity.fraction = fraction;
        setActivity(activity);
    });
    connect(m_engine, &EnginePort::modelOpened, this, [this](const ModelFacts& facts) {
        m_model = facts;
        m_settings->save(m_choices);
        m_settings->addRecentModel(QString::fromStdString(facts.path));
        const auto price = pricePlan(facts, m_engineNow.plan, m_engineNow.kvType, facts.contextLength);
        m_plan = price ? std::optional(*price) : std::nullopt;
        m_memory.clear();
        m_attention.setSnapshot(nullptr);
        emit modelChanged();
    });
    connect(m_engine, &EnginePort::ingestProgress, this, [this](const IngestProgress& progress) {
        if (m_ingestHere)
            m_documents.setProgress(progress);
        setActivity(activityOf(progress));
    });
    connect(m_engine, &EnginePort::ingestFinished, this, &Workspace::onIngestFinished);
    connect(m_engine, &EnginePort::answerStarted, this, &Workspace::onAnswerStarted);
    connect(m_engine, &EnginePort::promptMade, this, [this](PromptViewPtr prompt) {
        m_prompt = std::move(prompt);
        m_promptReused = 0;
        emit promptChanged();
    });
    connect(m_engine, &EnginePort::prefillProgress, this, [this](const PrefillProgress& progress) {
        if (progress.reusedTokens != m_promptReused) {
            m_promptReused = progress.reusedTokens;
            emit promptChanged();
        }
        const Activity activity = activityOf(progress);
        if (m_session == m_answeringSession || m_askedHere)
            m_chat.setProgress(activity);
        setActivity(activity);
    });
    connect(m_engine, &EnginePort::answerText, this, &Workspace::onAnswerText);
    connect(m_engine, &EnginePort::answerFinished, this, &Workspace::onAnswerFinished);
    connect(m_engine, &EnginePort::failed, this, &Workspace::onFailed);
    connect(m_engine, &EnginePort::kvUsageChanged, this, [this](const KvUsage& usage) {
        if (m_measuredSession != m_session)
            return;
        m_attention.addUsage(usage);
        if (!m_attention.isPaused())
            m_memory.setUsage(usage);
    });
    connect(m_engine, &EnginePort::attentionChanged, this, [this](AttentionSnapshotPtr snapshot) {
        if (m_measuredSession != m_session)
            return;
        m_attention.setSnapshot(std::move(snapshot));
        chooseTellingHead();
    });
}

// Until a person chooses a head, the one that looks farthest is shown. Early in a text none looks far: it may
// change.
void Workspace::chooseTellingHead()
{
    if (m_headChosen || m_attention.isEmpty() || m_attention.isPaused())
        return;
    const HeadChoice best = m_attention.farthestLooking(), now = m_selection.head();
    if (now.isValid() && m_attention.retrievalScore(best) < 1.5 * m_attention.retrievalScore(now) + 0.01)
        return; // not worth another picture under the reader's eyes
    m_choosingHead = true;
    m_selection.setHead(best);
    m_choosingHead = false;
}

void Workspace::onIngestFinished(const IngestReply& reply)
{
    std::int64_t firstReady = 0, tokens = 0;
    for (const IngestedDocument& document : reply.documents) {
        if (document.status == "failed")
            continue;
        m_tokens[document.id] = document.tokens;
        tokens += document.tokens;
        if (firstReady == 0)
            firstReady = document.id;
    }
    if (m_ingestHere || reply.sessionId == m_session) {
        m_documents.finishReading(reply);
        if (m_session != reply.sessionId)
            adoptSession(reply.sessionId);
        reloadDocuments();
        m_chat.setSeveralDocuments(m_documents.readyCount() > 1);
        if (firstReady != 0)
            m_selection.setDocument(firstReady);
        emit sessionChanged(m_session);
    }
    m_ingestHere = false;
    reloadSessions();
    if (!reply.skipped.empty()) {
        QStringList lines;
        for (const auto& skipped : reply.skipped)
            if (lines.size() < 5)
                lines += QStringLiteral("%1: %2").arg(visibleLine(skipped.path),
                                                      QString::fromStdString(skipped.reason));
        if (reply.skipped.size() > 5)
            lines += tr("and %1 more").arg(formatCount(std::int64_t(reply.skipped.size()) - 5));
        emit problem({tr("Some files were left out"), lines.join(QLatin1Char('\n')), Problem::Fix::None});
    }
    if (firstReady != 0 && tokens > 0)
        emit noticed(tr("Added: %1").arg(formatTokens(tokens)));
    setActivity({});
    if (const QString question = std::exchange(m_waiting, {}); !question.isEmpty())
        firstReady != 0 ? ask(question) : emit questionReturned(question);
}

void Workspace::onAnswerStarted(std::int64_t session, std::int64_t question, std::int64_t answer)
{
    m_answering = answer;
    m_answeringSession = m_measuredSession = session;
    m_answerPieces = 0;
    m_measuredAnswer = answer;
    m_attention.setSnapshot(nullptr);
    if (m_askedHere) {
        m_chat.setIds(question, answer);
        if (m_session != session) {
            adoptSession(session);
            reloadSessions();
            emit sessionChanged(session);
        }
    }
    reloadSessions();
}

void Workspace::onAnswerText(std::int64_t answer, const QString& text)
{
    if (m_session == m_answeringSession)
        m_chat.appendText(answer, text);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (m_answerPieces++ == 0)
        m_answerStartMs = now;
    Activity activity;
    activity.kind = Activity::Kind::Answering;
    // A piece of text is one token, nearly always; the exact rate comes with the finished answer.
    if (m_answerPieces > 2 && now > m_answerStartMs)
        activity.tokensPerSecond = 1000.0 * double(m_answerPieces - 1) / double(now - m_answerStartMs);
    setActivity(activity);
}

void Workspace::onAnswerFinished(const AnswerReply& reply)
{
    if (m_session == reply.sessionId) {
        m_chat.finish(reply);
        if (!reply.kv.layers.empty())
            m_memory.setUsage(reply.kv);
    }
    m_answering = m_answeringSession = 0;
    m_askedHere = false;
    setActivity({});
    reloadSessions();
}

void Workspace::onFailed(const QString& request, const Error& error)
{
    const bool cancelled = error.code == ErrorCode::Cancelled;
    if (request == QLatin1String("answer")) {
        m_chat.failLast(error);
        m_answering = m_answeringSession = 0;
        m_askedHere = false;
        if (!cancelled)
            report(tr("The question could not be answered"), error,
                   error.code == ErrorCode::TooLong || error.code == ErrorCode::OutOfMemory
                       ? Problem::Fix::OpenSettings
                       : Problem::Fix::Retry);
    } else if (request == QLatin1String("ingest")) {
        m_documents.failReading(cancelled ? tr("Stopped.") : QString::fromStdString(error.message));
        m_ingestHere = false;
        if (const QString question = std::exchange(m_waiting, {}); !question.isEmpty())
            emit questionReturned(question);
        if (!cancelled)
            report(tr("The documents could not be added"), error, Problem::Fix::AddDocuments);
    } else if (request == QLatin1String("comparison") || request == QLatin1String("needles")) {
        const bool comparing = request == QLatin1String("comparison");
        comparing ? m_comparison.finish() : m_needles.finish();
        if (!cancelled)
            report(comparing ? tr("The plans could not be compared") : tr("The needle test could not go on"),
                   error, Problem::Fix::OpenSettings);
    } else if (!cancelled) {
        report(tr("The model could not be opened"), error, Problem::Fix::OpenModel);
    }
    setActivity({});
    emit documentsChanged();
}

void Workspace::setActivity(const Activity& activity)
{
    m_activity = activity;
    emit activityChanged();
}

void Workspace::reloadSessions()
{
    auto rows = m_library->sessions();
    if (!rows) {
        report(tr("The list of sessions could not be read"), rows.error());
        return;
    }
    m_sessions.reset(std::move(*rows));
}

void Workspace::reloadDocuments()
{
    const auto rows = m_session != 0 ? m_library->documents(m_session) : Result<std::vector<DocumentRow>>();
    if (!rows) {
        report(tr("The documents of this session could not be read"), rows.error());
        return;
    }
    std::vector<DocumentRow> counted = *rows;
    for (DocumentRow& row : counted)
        if (const auto known = m_tokens.find(row.id); known != m_tokens.end())
            row.tokens = known->second;
    m_documents.replaceReady(counted);
    emit documentsChanged();
}

void Workspace::adoptSession(std::int64_t session)
{
    m_session = session;
    m_settings->saveLastSession(session);
}

void Workspace::report(const QString& title, const Error& error, Problem::Fix fix)
{
    emit problem({title, errorDetails(error), fix});
}

} // namespace lectern
