#include "ui/chat/message_widget.h"

#include "ui/chat/answer_text.h"
#include "ui/chat/citation_chip.h"
#include "ui/common/color_math.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/theme.h"
#include "ui/common/unit_text.h"
#include "ui/common/visible_text.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace lectern {

MessageWidget::MessageWidget(const ChatMessage& message, bool severalDocuments, QWidget* parent)
    : QFrame(parent), m_kind(message.kind)
{
    m_kind == MessageKind::Question ? buildQuestion() : buildAnswer();
    update(message, severalDocuments);
}

void MessageWidget::buildQuestion()
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 10, 8, 10);
    m_browser = new SafeTextBrowser(this);
    m_browser->setAccessibleName(tr("Question"));
    m_edit =
        addButton(this, QStringLiteral("edit"), tr("Edit the question; it and what follows are replaced"));
    connect(m_edit, &QToolButton::clicked, this, &MessageWidget::editWanted);
    row->addWidget(m_browser, 1);
    row->addWidget(m_edit, 0, Qt::AlignTop);
}

QToolButton* MessageWidget::addButton(QWidget* parent, const QString& iconName, const QString& what)
{
    auto* button = new QToolButton(parent);
    button->setAutoRaise(true);
    button->setIcon(icon(iconName));
    button->setToolTip(what);
    button->setAccessibleName(what);
    return button;
}

void MessageWidget::setRegenerable(bool regenerable)
{
    if (m_regenerate)
        m_regenerate->setVisible(regenerable);
    if (m_edit)
        m_edit->setEnabled(regenerable);
}

void MessageWidget::buildAnswer()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 4, 14, 8);
    column->setSpacing(8);
    m_answer = new AnswerText(this);
    m_browser = m_answer;
    m_browser->setAccessibleName(tr("Answer"));
    connect(m_answer, &AnswerText::passageWanted, this, &MessageWidget::passageWanted);
    connect(m_answer, &AnswerText::sentenceClicked, this, &MessageWidget::sentenceChosen);
    connect(m_answer, &AnswerText::codeCopied, this, [this] { emit copied(tr("Code copied")); });

    m_waiting = new QWidget(this);
    auto* waiting = new QVBoxLayout(m_waiting);
    waiting->setContentsMargins(0, 2, 0, 2);
    waiting->setSpacing(4);
    m_bar = new QProgressBar(m_waiting);
    m_bar->setRange(0, 0);
    m_bar->setTextVisible(false);
    m_bar->setMaximumHeight(8);
    m_bar->setAccessibleName(tr("Reading progress"));
    m_progress = new PlainLabel(tr("Reading"), m_waiting);
    m_progress->setMuted(true);
    m_progress->setWordWrap(true);
    waiting->addWidget(m_bar);
    waiting->addWidget(m_progress);

    m_sources = new QWidget(this);
    m_chips = new FlowLayout(m_sources);
    m_note = new PlainLabel({}, this);
    m_note->setWordWrap(true);

    m_footer = new QWidget(this);
    auto* footer = new QHBoxLayout(m_footer);
    footer->setContentsMargins(0, 0, 0, 0);
    m_facts = new PlainLabel({}, m_footer);
    m_facts->setMuted(true);
    m_facts->setWordWrap(true);
    m_facts->setFontScale(0.88);
    m_copy = addButton(m_footer, QStringLiteral("copy"), tr("Copy the answer"));
    m_regenerate = addButton(m_footer, QStringLiteral("retry"), tr("Write the answer anew"));
    m_branch = addButton(m_footer, QStringLiteral("branch"), tr("Go on from here in a new session"));
    m_regenerate->hide();
    connect(m_regenerate, &QToolButton::clicked, this, &MessageWidget::regenerateWanted);
    connect(m_branch, &QToolButton::clicked, this, &MessageWidget::branchWanted);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_text);
        emit copied(tr("Answer copied"));
    });
    footer->addWidget(m_facts, 1);
    for (QToolButton* button : {m_regenerate, m_branch, m_copy})
        footer->addWidget(button, 0, Qt::AlignTop);

    column->addWidget(m_browser);
    column->addWidget(m_waiting);
    column->addWidget(m_sources);
    column->addWidget(m_note);
    column->addWidget(m_footer);
}

int MessageWidget::takeWidth(int width)
{
    // The text first, so that it is laid out once, at the width that the layout will give it.
    const QMargins margins = layout()->contentsMargins();
    const int beside = m_edit ? layout()->spacing() + m_edit->sizeHint().width() : 0;
    m_browser->resize(width - margins.left() - margins.right() - beside, m_browser->height());
    // Parts that have changed would tell this layout of it by an event, one turn too late.
    for (QWidget* part : {m_waiting, m_sources, m_footer})
        if (part)
            part->layout()->activate();
    return layout()->totalHeightForWidth(width);
}

void MessageWidget::update(const ChatMessage& message, bool severalDocuments)
{
    m_text = message.text;
    showText(message, severalDocuments);
    if (m_kind == MessageKind::Question)
        return;
    m_browser->setVisible(!message.text.isEmpty());
    m_waiting->setVisible(message.state == AnswerState::Reading);
    const QString note = stateNote(message);
    const bool ended = !message.isUnfinished();
    m_note->setText(makeVisible(note).text);
    m_note->setVisible(!note.isEmpty());
    m_noteKind = message.state == AnswerState::Failed || message.state == AnswerState::Interrupted
                     ? NoteKind::Bad
                     : NoteKind::Mild;
    colorNote();
    showSources(message, severalDocuments);
    m_facts->setText(ended && message.facts ? keepUnits(describe(*message.facts)) : QString());
    m_footer->setVisible(ended);
    m_copy->setVisible(!message.text.isEmpty());
}

void MessageWidget::colorNote()
{
    if (!m_note)
        return;
    const Theme theme(palette());
    QPalette colors = palette();
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text})
        colors.setColor(role, m_noteKind == NoteKind::Bad ? theme.bad : theme.mutedText);
    m_note->setPalette(colors);
}

void MessageWidget::setProgress(const Activity& activity)
{
    if (!m_waiting)
        return;
    m_bar->setRange(0, activity.fraction >= 0 && activity.totalTokens > 0 ? 1000 : 0);
    if (activity.fraction >= 0)
        m_bar->setValue(int(1000 * activity.fraction));
    m_progress->setText(describe(activity));
    m_bar->setAccessibleDescription(m_progress->text());
}

void MessageWidget::showText(const ChatMessage& message, bool severalDocuments)
{
    if (m_shown == m_text && !m_shown.isNull() && m_shownFinal == !message.isUnfinished())
        return;
    m_shown = m_text;
    m_shownFinal = !message.isUnfinished();
    if (m_answer)
        m_answer->setAnswer(message, severalDocuments);
    else
        m_browser->setPlainText(makeVisible(m_text).text);
    m_browser->updateGeometry();
}

void MessageWidget::showSources(const ChatMessage& message, bool severalDocuments)
{
    while (QLayoutItem* item = m_chips->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    const bool answered = message.state == AnswerState::Complete || message.state == AnswerState::CutShort ||
                          message.state == AnswerState::Stopped;
    m_sources->setVisible(answered && !message.text.isEmpty());
    if (!answered || message.text.isEmpty())
        return;
    auto* caption =
        new PlainLabel(message.evidence.empty() ? tr("No confident source") : tr("Sources"), m_sources);
    caption->setMuted(true);
    caption->setContentsMargins(0, 5, 2, 5);
    if (message.evidence.empty())
        caption->setToolTip(
            tr("The answer does not rest clearly on any passage of the documents. Check it."));
    m_chips->addWidget(caption);
    for (const EvidencePassage& passage : message.evidence) {
        auto* chip = new CitationChip(passage, passageLabel(passage, severalDocuments), m_sources);
        connect(chip, &QAbstractButton::clicked, this, [this, chip] { emit passageWanted(chip->passage()); });
        m_chips->addWidget(chip);
        chip->show();
    }
    m_sources->updateGeometry();
}

void MessageWidget::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !m_browser)
        return;
    if (m_answer)
        m_answer->restyle();
    colorNote();
}

void MessageWidget::paintEvent(QPaintEvent*)
{
    if (m_kind != MessageKind::Question)
        return;
    const Theme theme(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixColors(theme.background, theme.accent, theme.dark ? 0.22 : 0.12));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

} // namespace lectern
