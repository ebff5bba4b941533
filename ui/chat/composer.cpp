#include "ui/chat/composer.h"

#include "ui/common/icons.h"
#include "ui/common/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>

namespace lectern {

namespace {
constexpr int kMaxLines = 8;
}

Composer::Composer(QWidget* parent) : QFrame(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 7, 8, 7);
    row->setSpacing(8);
    m_edit = new QPlainTextEdit(this);
    m_edit->setFrameShape(QFrame::NoFrame);
    m_edit->setTabChangesFocus(true);
    m_edit->setAccessibleName(tr("Question"));
    m_edit->viewport()->setAutoFillBackground(false);
    m_edit->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_edit->setAcceptDrops(false); // the window takes files
    m_edit->installEventFilter(this);
    m_button = new QPushButton(this);
    m_button->setAutoDefault(false);
    row->addWidget(m_edit, 1, Qt::AlignVCenter);
    row->addWidget(m_button, 0, Qt::AlignBottom);
    connect(m_edit, &QPlainTextEdit::textChanged, this, [this] {
        fitHeight();
        showButton();
    });
    connect(m_button, &QPushButton::clicked, this, [this] { m_busy ? emit stopWanted() : send(); });
    setHint(tr("Ask about your documents"));
    fitHeight();
    showButton();
}

QString Composer::text() const
{
    return m_edit->toPlainText();
}

void Composer::setText(const QString& text)
{
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
}

void Composer::setBusy(bool busy)
{
    m_busy = busy;
    showButton();
}

void Composer::setHint(const QString& placeholder)
{
    m_edit->setPlaceholderText(placeholder);
    m_edit->viewport()->update(); // Qt 6.4 draws the old one until something else changes
}

void Composer::takeFocus()
{
    m_edit->setFocus(Qt::OtherFocusReason);
}

bool Composer::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    if (event->type() == QEvent::Resize || event->type() == QEvent::FontChange)
        fitHeight();
    if (event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter)
        return QFrame::eventFilter(watched, event);
    const bool control = key->modifiers() & Qt::ControlModifier;
    const bool plain = !(key->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier | Qt::AltModifier));
    if (control || (plain && m_enterSends)) {
        send();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void Composer::paintEvent(QPaintEvent*)
{
    const Theme theme(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool focused = m_edit->hasFocus();
    painter.setPen(QPen(focused ? theme.accent : theme.line, focused ? 2 : 1));
    painter.setBrush(theme.background);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
}

void Composer::fitHeight()
{
    const int lines = qBound(1, int(m_edit->document()->size().height()), kMaxLines);
    const int margin = int(2 * m_edit->document()->documentMargin());
    m_edit->setFixedHeight(m_edit->fontMetrics().lineSpacing() * lines + margin + 2);
}

void Composer::send()
{
    if (m_busy || text().trimmed().isEmpty())
        return;
    const QString question = text();
    m_edit->clear();
    emit sendWanted(question);
}

void Composer::showButton()
{
    m_button->setText(m_busy ? tr("Stop") : tr("Send"));
    m_button->setIcon(icon(m_busy ? QStringLiteral("stop") : QStringLiteral("send")));
    m_button->setToolTip(m_busy ? tr("Stop (Esc)") : tr("Send the question (Ctrl+Enter)"));
    m_button->setAccessibleName(m_busy ? tr("Stop answering") : tr("Send the question"));
    m_button->setEnabled(m_busy || !text().trimmed().isEmpty());
}

} // namespace lectern
