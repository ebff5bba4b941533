#include "ui/status_line.h"

#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/visible_text.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QToolButton>

namespace lectern {

StatusLine::StatusLine(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Status"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 2, 8, 2);
    row->setSpacing(12);
    m_activity = new ElidedLabel({}, this);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(150);
    m_bar->setMaximumHeight(10);
    m_bar->setAccessibleName(tr("Progress"));
    m_stop = new QToolButton(this);
    m_stop->setText(tr("Stop"));
    m_stop->setIcon(icon(QStringLiteral("stop")));
    m_stop->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_stop->setToolTip(tr("Stop (Esc)"));
    m_stop->setAccessibleName(tr("Stop what is being done"));
    m_model = new QToolButton(this);
    m_model->setAutoRaise(true);
    m_model->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_model->setIcon(icon(QStringLiteral("open-model")));
    m_plan = new PlainLabel({}, this);
    m_rate = new PlainLabel({}, this);
    m_memory = new PlainLabel({}, this);
    m_rate->setAccessibleName(tr("Speed"));
    row->addWidget(m_bar);
    row->addWidget(m_activity, 1);
    row->addWidget(m_stop);
    row->addWidget(m_rate);
    row->addWidget(m_memory);
    row->addWidget(m_plan);
    row->addWidget(m_model);
    connect(m_stop, &QToolButton::clicked, &m_workspace, &Workspace::stop);
    connect(m_model, &QToolButton::clicked, this, &StatusLine::modelDetailsWanted);
    connect(&m_workspace, &Workspace::activityChanged, this, &StatusLine::showActivity);
    connect(&m_workspace, &Workspace::modelChanged, this, &StatusLine::showModel);
    connect(&m_workspace.memory(), &MemoryModel::changed, this, &StatusLine::showMemory);
    showActivity();
    showModel();
    showMemory();
}

QString StatusLine::text() const
{
    return m_activity->fullText();
}

void StatusLine::showActivity()
{
    const Activity& activity = m_workspace.activity();
    m_activity->setFullText(describe(activity));
    m_bar->setVisible(!activity.isIdle());
    m_stop->setVisible(!activity.isIdle());
    const bool known = activity.fraction >= 0;
    m_bar->setRange(0, known ? 1000 : 0);
    if (known)
        m_bar->setValue(int(1000 * activity.fraction));
    if (!activity.isIdle())
        m_rate->setText({}); // told by the activity
    else if (const auto& messages = m_workspace.chat().messages(); !messages.empty() && messages.back().facts)
        m_rate->setText(formatRate(messages.back().facts->timing.decodeTokensPerSecond()));
    m_rate->setVisible(!m_rate->text().isEmpty());
}

void StatusLine::showModel()
{
    const auto& model = m_workspace.model();
    m_model->setText(model ? visibleLine(model->name).left(48) : tr("No model"));
    m_model->setToolTip(tr("Model details"));
    m_model->setAccessibleName(tr("Model: %1").arg(m_model->text()));
    m_plan->setText(model ? tr("Plan: %1").arg(visibleLine(model->plan)) : QString());
    m_plan->setVisible(model.has_value());
}

void StatusLine::showMemory()
{
    const MemoryModel& memory = m_workspace.memory();
    m_memory->setVisible(!memory.isEmpty());
    m_memory->setText(tr("KV %1").arg(formatBytes(memory.usage().bytes)));
    m_memory->setToolTip(memory.summary());
    m_memory->setAccessibleDescription(memory.summary());
}

} // namespace lectern
