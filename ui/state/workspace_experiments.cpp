// Asking again, branching, and experiments: one question under several plans, and needles.
#include "ui/common/visible_text.h"
#include "ui/state/workspace.h"

namespace lectern {

void Workspace::connectExperiments()
{
    connect(m_engine, &EnginePort::planStarted, &m_comparison, &ComparisonModel::startPlan);
    connect(m_engine, &EnginePort::planAnswerText, &m_comparison, &ComparisonModel::appendText);
    connect(m_engine, &EnginePort::planFinished, &m_comparison, &ComparisonModel::finishPlan);
    connect(m_engine, &EnginePort::comparisonFinished, this, [this] {
        m_comparison.finish();
        setActivity({});
    });
    connect(m_engine, &EnginePort::needleCellFinished, &m_needles, &NeedleModel::finishCell);
    connect(m_engine, &EnginePort::needlesFinished, this, [this] {
        m_needles.finish();
        setActivity({});
    });
}

void Workspace::regenerate()
{
    const auto& messages = m_chat.messages();
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
        if (message->kind == MessageKind::Question) {
            askInstead(message->id, message->text);
            return;
        }
}

void Workspace::askInstead(std::int64_t question, const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || isAnswering() || showsCapture() || m_session == 0 || !m_chat.find(question))
        return;
    m_retry = [this, question, trimmed] { askInstead(question, trimmed); };
    m_chat.removeFrom(question);
    beginAsking(trimmed);
    m_engine->askInstead(m_session, question, trimmed, m_choices.generation);
}

void Workspace::branchAt(std::int64_t message)
{
    if (m_session == 0 || message == 0)
        return;
    const QString name = tr("%1 (branch)").arg(sessionName());
    const auto made = m_library->branchSession(m_session, message, name);
    if (!made) {
        report(tr("The session could not be branched"), made.error());
        return;
    }
    reloadSessions();
    const std::int64_t before = m_session;
    openSession(*made);
    emit noticedUndoable(tr("You are in the branch “%1”").arg(visibleLine(name)),
                         [this, before, branch = *made] {
                             openSession(before);
                             trashSession(branch);
                         });
}

void Workspace::compare(const QString& question, const std::vector<std::string>& plans)
{
    const QString text = question.trimmed();
    if (text.isEmpty() || plans.size() < 2 || isBusy() || m_session == 0)
        return;
    PlanComparisonSettings settings;
    settings.plans = plans;
    settings.engine = m_engineNow;
    settings.generation = m_choices.generation;
    m_comparison.begin(text, int(plans.size()));
    Activity activity;
    activity.kind = Activity::Kind::ReadingPrompt;
    setActivity(activity);
    m_engine->comparePlans(m_session, text, settings);
}

void Workspace::findNeedles(const NeedleSettings& settings)
{
    if (isBusy() || !m_model)
        return;
    m_needles.begin(settings);
    Activity activity;
    activity.kind = Activity::Kind::ReadingPrompt;
    setActivity(activity);
    m_engine->findNeedles(settings);
}

std::string Workspace::savePlanDocument(const LayerPlan&)
{
    report(tr("This plan can not be used yet"),
           {ErrorCode::Unsupported, tr("Plans that mix heads inside a layer need a plan file.").toStdString(),
            tr("Change whole layers (Shift and click, or L).").toStdString(), 0, 0});
    return {};
}

} // namespace lectern
