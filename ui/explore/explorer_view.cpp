#include "ui/explore/explorer_view.h"

#include "ui/common/empty_state.h"
#include "ui/common/flow_layout.h"
#include "ui/common/form_row.h"
#include "ui/common/format.h"
#include "ui/common/plain_label.h"
#include "ui/explore/plan_grid.h"

#include <QFormLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace lectern {

ExplorerView::ExplorerView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Head explorer"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(6);
    m_summary = new PlainLabel({}, page);
    m_summary->setWordWrap(true);
    m_summary->setFontScale(1.1, true);
    m_summary->setAccessibleName(tr("KV memory of the plan"));
    m_speed = new PlainLabel({}, page);
    m_speed->setWordWrap(true);
    m_speed->setAccessibleName(tr("Predicted speed"));
    m_grid = new PlanGrid(m_editor, page);
    m_current = new PlainLabel({}, page);
    m_current->setMuted(true);
    m_current->setWordWrap(true);
    m_current->setAccessibleName(tr("What the chosen head keeps"));
    column->addWidget(m_summary);
    column->addWidget(m_speed);
    column->addWidget(m_grid, 1);
    column->addWidget(m_current);
    column->addWidget(buildControls());
    m_stack->addWidget(page);
    m_stack->addWidget(
        new EmptyState(QStringLiteral("grid"), tr("No model is open"),
                       tr("Open a model. Here you change what each of its heads keeps, and see at once what "
                          "that costs."),
                       m_stack));
    layout->addWidget(m_stack);
    connect(m_grid, &PlanGrid::edited, this, &ExplorerView::showNumbers);
    connect(m_grid, &PlanGrid::currentChanged, this, [this](int layer, int kvHead) {
        if (const auto& model = m_workspace.model(); model && m_editor.kvHeads() > 0)
            m_workspace.selection().setHead({layer, kvHead * model->heads / m_editor.kvHeads()});
        m_current->setText(m_grid->textTwin());
    });
    connect(&m_workspace, &Workspace::modelChanged, this, &ExplorerView::begin);
    connect(&m_workspace, &Workspace::activityChanged, this, &ExplorerView::showNumbers);
    begin();
}

QWidget* ExplorerView::buildControls()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    auto* form = new QFormLayout;
    m_sink = new QSpinBox(page);
    m_sink->setRange(0, 1 << 20);
    m_sink->setSingleStep(64);
    m_sink->setSuffix(tr(" tokens"));
    m_sink->setAccessibleName(tr("Start kept by streaming heads"));
    m_window = new QSpinBox(page);
    m_window->setRange(64, 1 << 24);
    m_window->setSingleStep(64);
    m_window->setSuffix(tr(" tokens"));
    m_window->setGroupSeparatorShown(true);
    m_window->setAccessibleName(tr("Window kept by streaming heads"));
    addFormRow(form, tr("Streaming heads keep the &start:"), m_sink);
    addFormRow(form, tr("and a &window of:"), m_window);
    auto* buttons = new QWidget(page);
    auto* row = new FlowLayout(buttons, 6);
    const auto add = [&](const QString& text, auto act) {
        auto* button = new QPushButton(text, buttons);
        button->setAccessibleName(QString(text).remove(QLatin1Char('&')));
        connect(button, &QPushButton::clicked, this, act);
        row->addWidget(button);
        return button;
    };
    add(tr("All f&ull"), [this] {
        m_editor.setAll(true);
        m_grid->refresh();
        showNumbers();
    });
    add(tr("All s&treaming"), [this] {
        m_editor.setAll(false);
        m_grid->refresh();
        showNumbers();
    });
    m_reset = add(tr("Un&do changes"), [this] {
        m_editor.reset();
        m_grid->refresh();
        showNumbers();
    });
    m_use = add(tr("&Use this plan"), [this] { use(); });
    m_ask = add(tr("Use and ask &again"), [this] { useAndAsk(); });
    m_compare = add(tr("&Compare with the plan in force"), [this] {
        if (const std::string plan = planText(); !plan.empty())
            emit m_workspace.comparisonWanted({m_workspace.engineSettings().plan, plan});
    });
    column->addLayout(form);
    column->addWidget(buttons);
    const auto changed = [this] {
        m_editor.setStreaming(m_sink->value(), m_window->value());
        m_grid->refresh();
        showNumbers();
    };
    connect(m_sink, &QSpinBox::valueChanged, this, changed);
    connect(m_window, &QSpinBox::valueChanged, this, changed);
    return page;
}

QString ExplorerView::summary() const
{
    return m_summary->text() + QLatin1Char(' ') + m_speed->text();
}

void ExplorerView::begin()
{
    const bool open = m_workspace.model() && m_workspace.plan();
    m_stack->setCurrentIndex(open ? 0 : 1);
    if (!open) {
        m_editor = {};
        return;
    }
    const EngineSettings& engine = m_workspace.engineSettings();
    m_editor = PlanEditor(*m_workspace.model(), *m_workspace.plan(), engine.kvType,
                          engine.context > 0 ? engine.context : m_workspace.model()->contextLength);
    const QSignalBlocker quietSink(m_sink), quietWindow(m_window);
    m_sink->setValue(int(m_editor.sink()));
    m_window->setValue(int(m_editor.window()));
    m_grid->refresh();
    m_current->setText(m_grid->textTwin());
    showNumbers();
}

void ExplorerView::showNumbers()
{
    if (m_editor.isEmpty())
        return;
    const auto& price = m_editor.price();
    if (!price) {
        m_summary->setText(QString::fromStdString(price.error().message));
        m_speed->setText({});
        return;
    }
    const double saved =
        price->fullAttentionKvBytes ? 1 - double(price->kvBytes) / double(price->fullAttentionKvBytes) : 0;
    m_summary->setText(m_editor.isChanged()
                           ? tr("%1 of KV memory, now %2 · %3 less than full attention")
                                 .arg(formatBytes(price->kvBytes), formatBytes(m_editor.originalKvBytes()),
                                      formatPercent(saved))
                           : tr("%1 of KV memory · %2 less than full attention")
                                 .arg(formatBytes(price->kvBytes), formatPercent(saved)));
    double measured = 0;
    std::uint64_t measuredBytes = 0;
    for (const ChatMessage& message : m_workspace.chat().messages())
        if (message.facts && message.facts->timing.decodeTokensPerSecond() > 0) {
            measured = message.facts->timing.decodeTokensPerSecond();
            measuredBytes = message.facts->kvBytes;
        }
    const double predicted = m_editor.predictedRate(measured, measuredBytes);
    m_speed->setText(predicted > 0 ? tr("Predicted for a full context: %1 (measured on the last answer: %2)")
                                         .arg(formatRate(predicted), formatRate(measured))
                                   : tr("The speed is predicted once an answer has been measured."));
    const bool asked = m_workspace.chat().rowCount() > 0 && m_workspace.session() != 0;
    const bool free = !m_workspace.isBusy();
    m_use->setEnabled(m_editor.isChanged() && free);
    m_ask->setEnabled(m_editor.isChanged() && free && asked);
    m_compare->setEnabled(m_editor.isChanged() && free && asked);
    m_reset->setEnabled(m_editor.isChanged());
}

std::string ExplorerView::planText()
{
    if (!m_editor.needsDocument())
        return m_editor.text().toStdString();
    return m_workspace.savePlanDocument(m_editor.plan());
}

bool ExplorerView::use()
{
    const std::string plan = planText();
    if (plan.empty())
        return false;
    Choices choices = m_workspace.choices();
    choices.engine.plan = plan;
    m_workspace.applyChoices(choices);
    return true;
}

void ExplorerView::useAndAsk()
{
    if (use())
        m_workspace.regenerate();
}

} // namespace lectern
