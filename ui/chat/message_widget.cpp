#include "ui/chat/message_widget.h"

#include "ui/chat/answer_document.h"
#include "ui/chat/citation_chip.h"
#include "ui/common/color_math.h"
#include "ui/common/flow_layout.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/safe_text_browser.h"
#include "ui/common/theme.h"
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
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 10, 14, 10);
    m_browser = new SafeTextBrowser(this);
    m_browser->setAccessibleName(tr("Question"));
    column->addWidget(m_browser);
}

void MessageWidget::buildAnswer()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 4, 14, 8);
    column->setSpacing(8);
    m_browser = new SafeTextBrowser(this);
    m_browser->setAccessibleName(tr("Answer"));

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
    m_copy = new QToolButton(m_footer);
    m_copy->setAutoRaise(true);
    m_copy->setIcon(icon(QStringLiteral("copy")));
    m_copy->setToolTip(tr("Copy the answer"));
    m_copy->setAccessibleName(m_copy->toolTip());
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_text);
        emit copied();
    });
    footer->addWidget(m_facts, 1);
    footer->addWidget(m_copy, 0, Qt::AlignTop);

    column->addWidget(m_browser);
    column->addWidget(m_waiting);
    column->addWidget(m_sources);
    column->addWidget(m_note);
    column->addWidget(m_footer);
}

void MessageWidget::update(const ChatMessage& message, bool severalDocuments)
{
    m_text = message.text;
    showText();
    if (m_kind == MessageKind::Question)
        return;
    m_browser->setVisible(!message.text.isEmpty());
    m_waiting->setVisible(message.state == AnswerState::Reading);
    const QString note = stateNote(message);
    const bool ended = !message.isUnfinished();
    m_note->setText(makeVisible(note).text);
    m_note->setVisible(!note.isEmpty());
    m_noteKind = message.state == AnswerState::Failed || message.state == AnswerState::Interrupted ? NoteKind::Bad : NoteKind::Mild;
    colorNote();
    showSources(message, severalDocuments);
    m_facts->setText(ended && message.facts ? describe(*message.facts) : QString());
    m_footer->setVisible(ended && (!message.text.isEmpty() || message.facts));
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

void MessageWidget::showText()
{
    if (m_shown == m_text && !m_shown.isNull())
        return;
    m_shown = m_text;
    if (m_kind == MessageKind::Question)
        m_browser->setPlainText(makeVisible(m_text).text);
    else
        setAnswerMarkdown(*m_browser->document(), m_text, Theme(palette()));
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
    auto* caption = new PlainLabel(message.evidence.empty() ? tr("No confident source") : tr("Sources"), m_sources);
    caption->setMuted(true);
    caption->setContentsMargins(0, 5, 2, 5);
    if (message.evidence.empty())
        caption->setToolTip(tr("The answer does not rest clearly on any passage of the documents. Check it."));
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
    m_shown = {};
    showText();
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
