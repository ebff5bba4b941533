#include "ui/common/toast.h"

#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/visible_text.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace lectern {

namespace {
constexpr int kShortMs = 4000, kUndoMs = 8000; // long enough to read, and to reach the button
} // namespace

Toast::Toast(QWidget* host, int clearance) : QFrame(host), m_clearance(clearance)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 10, 8);
    row->setSpacing(12);
    m_label = new PlainLabel({}, this);
    m_undo = new QPushButton(tr("&Undo"), this);
    m_undo->setAccessibleName(tr("Undo"));
    row->addWidget(m_label);
    row->addWidget(m_undo);
    connect(m_undo, &QPushButton::clicked, this, [this] {
        hide();
        if (m_undoAction)
            m_undoAction();
    });
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    host->installEventFilter(this);
    setAccessibleName(tr("Notice"));
    hide();
}

void Toast::notify(const QString& text)
{
    notifyUndoable(text, {});
    m_timer.start(kShortMs);
}

void Toast::notifyUndoable(const QString& text, std::function<void()> undo)
{
    m_label->setText(visibleLine(text));
    setAccessibleName(m_label->text());
    m_undoAction = std::move(undo);
    m_undo->setVisible(bool(m_undoAction));
    m_timer.start(kUndoMs);
    place();
    show();
    raise();
}

QString Toast::text() const
{
    return m_label->text();
}

bool Toast::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        place();
    return QFrame::eventFilter(watched, event);
}

void Toast::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Highlight));
    painter.setBrush(palette().color(QPalette::ToolTipBase));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

void Toast::enterEvent(QEnterEvent* event)
{
    QFrame::enterEvent(event);
    m_timer.stop();
}

void Toast::leaveEvent(QEvent* event)
{
    QFrame::leaveEvent(event);
    m_timer.start(kShortMs);
}

void Toast::place()
{
    QPalette colors = parentWidget()->palette();
    colors.setColor(QPalette::WindowText, colors.color(QPalette::ToolTipText));
    m_label->setPalette(colors);
    adjustSize();
    const QSize host = parentWidget()->size();
    move((host.width() - width()) / 2, host.height() - height() - m_clearance);
}

} // namespace lectern
