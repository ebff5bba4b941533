#include "ui/prompt/prompt_inspector.h"

#include "ui/common/empty_state.h"
#include "ui/common/format.h"
#include "ui/common/plain_label.h"
#include "ui/common/visible_text.h"
#include "ui/prompt/prompt_text.h"

#include <QHBoxLayout>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace lectern {

PromptInspector::PromptInspector(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Prompt"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(10, 8, 10, 8);
    column->setSpacing(6);
    m_summary = new PlainLabel({}, page);
    m_summary->setWordWrap(true);
    auto* row = new QHBoxLayout;
    auto* caption = new PlainLabel(tr("Go to token"), page);
    m_jump = new QSpinBox(page);
    m_jump->setAccessibleName(tr("Go to token"));
    m_jump->setGroupSeparatorShown(true);
    m_jump->setKeyboardTracking(false);
    caption->setBuddy(m_jump);
    row->addWidget(caption);
    row->addWidget(m_jump);
    row->addStretch(1);
    m_text = new PromptText(page);
    m_readout = new PlainLabel({}, page);
    m_readout->setMuted(true);
    m_readout->setWordWrap(true);
    m_readout->setAccessibleName(tr("Token under the cursor"));
    column->addWidget(m_summary);
    column->addLayout(row);
    column->addWidget(m_text, 1);
    column->addWidget(m_readout);
    m_stack->addWidget(page);
    m_stack->addWidget(new EmptyState(
        QStringLiteral("chat"), tr("No prompt yet"),
        tr("Ask a question. This shows exactly what the model is given, token by token."), m_stack));
    layout->addWidget(m_stack);
    connect(&m_workspace, &Workspace::promptChanged, this, &PromptInspector::refresh);
    connect(&m_workspace, &Workspace::sessionChanged, this, &PromptInspector::refresh);
    connect(m_text, &PromptText::tokenChanged, this, &PromptInspector::showToken);
    connect(m_jump, &QSpinBox::valueChanged, m_text, [this](int token) { m_text->scrollToToken(token); });
    refresh();
}

QString PromptInspector::summary() const
{
    return m_summary->text();
}

void PromptInspector::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refresh();
}

void PromptInspector::refresh()
{
    const PromptViewPtr prompt = m_workspace.prompt();
    m_stack->setCurrentIndex(prompt ? 0 : 1);
    if (!isVisible())
        return;
    if (prompt != m_shown) {
        m_shown = prompt;
        m_text->setPrompt(prompt);
        m_jump->setRange(0, prompt ? int(std::max<std::size_t>(prompt->size(), 1)) - 1 : 0);
    }
    if (!prompt)
        return;
    m_text->setReused(m_workspace.promptReused());
    const auto total = std::int64_t(prompt->size());
    const auto inDocuments = std::count_if(prompt->spans.begin(), prompt->spans.end(),
                                           [](const PromptView::Span& span) { return span.document >= 0; });
    const QString parts =
        tr("%1: %2 from documents, %3 from questions, answers and the template.")
            .arg(formatTokens(total), formatCount(inDocuments), formatCount(total - inDocuments));
    const std::int64_t reused = m_workspace.promptReused();
    m_summary->setText(
        parts + QLatin1Char(' ') +
        (reused > 0 ? tr("%1 of them were in the KV cache already (shaded green).").arg(formatCount(reused))
                    : tr("None was in the KV cache yet.")));
}

void PromptInspector::showToken(std::int64_t token)
{
    const PromptViewPtr prompt = m_workspace.prompt();
    if (!prompt || token < 0 || token >= std::int64_t(prompt->size())) {
        m_readout->setText({});
        return;
    }
    const auto at = std::size_t(token);
    QString text = tr("Token %1, number %2 of the vocabulary: “%3”")
                       .arg(formatCount(token), formatCount(prompt->ids[at]), visibleLine(prompt->piece(at)));
    if (prompt->special[at])
        text += tr(", a control token");
    const PromptView::Span& span = prompt->spans[at];
    if (span.document >= 0) {
        const std::int64_t id = prompt->documents[std::size_t(span.document)];
        for (const DocumentRow& row : m_workspace.documents().readyRows())
            if (row.id == id)
                text += tr(", from %1, byte %2")
                            .arg(visibleLine(row.name), formatCount(std::int64_t(span.begin)));
    }
    text += token < m_workspace.promptReused() ? tr(", reused") : tr(", computed");
    m_readout->setText(text);
}

} // namespace lectern
