#include "ui/common/message_bar.h"

#include "ui/common/color_math.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/theme.h"
#include "ui/common/visible_text.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace lectern {

namespace {

QColor kindColor(MessageBar::Kind kind, const Theme& theme)
{
    switch (kind) {
    case MessageBar::Kind::Problem:
        return theme.bad;
    case MessageBar::Kind::Warning:
        return theme.warning;
    case MessageBar::Kind::Information:
        break;
    }
    return theme.accent;
}

QString kindIcon(MessageBar::Kind kind)
{
    switch (kind) {
    case MessageBar::Kind::Problem:
        return QStringLiteral("error");
    case MessageBar::Kind::Warning:
        return QStringLiteral("warning");
    case MessageBar::Kind::Information:
        break;
    }
    return QStringLiteral("info");
}

} // namespace

MessageBar::MessageBar(QWidget* parent) : QFrame(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 8, 6, 8);
    row->setSpacing(10);
    m_icon = new QLabel(this);
    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    m_title = new PlainLabel({}, this);
    m_title->setFontScale(1.0, true);
    m_details = new PlainLabel({}, this);
    for (PlainLabel* label : {m_title, m_details}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        texts->addWidget(label);
    }
    m_button = new QPushButton(this);
    m_button->hide();
    m_button->setAccessibleName(tr("What to do"));
    m_title->setAccessibleName(tr("What happened"));
    m_details->setAccessibleName(tr("Why, and what to do"));
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_action)
            m_action();
    });
    m_close = new QToolButton(this);
    m_close->setAutoRaise(true);
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(m_close->toolTip());
    connect(m_close, &QToolButton::clicked, this, [this] {
        hide();
        emit closed();
    });
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    row->addWidget(m_button, 0, Qt::AlignVCenter);
    row->addWidget(m_close, 0, Qt::AlignTop);
    setAccessibleName(tr("Message"));
    hide();
}

void MessageBar::tell(Kind kind, const QString& title, const QString& details)
{
    m_kind = kind;
    m_title->setText(makeVisible(title).text);
    m_details->setText(makeVisible(details).text);
    m_details->setVisible(!details.isEmpty());
    m_title->setAccessibleDescription(title);
    m_details->setAccessibleDescription(details);
    setAccessibleName(title);
    setAccessibleDescription(details);
    setAction({}, {});
    drawIcon();
    show();
    update();
}

void MessageBar::setAction(const QString& text, std::function<void()> action)
{
    m_action = std::move(action);
    m_button->setText(text);
    if (!text.isEmpty())
        m_button->setAccessibleName(text);
    m_button->setVisible(!text.isEmpty());
}

QString MessageBar::title() const
{
    return m_title->text();
}

QString MessageBar::details() const
{
    return m_details->text();
}

void MessageBar::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

void MessageBar::paintEvent(QPaintEvent*)
{
    const Theme theme(palette());
    const QColor color = kindColor(m_kind, theme);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1));
    painter.setBrush(mixColors(theme.background, color, theme.dark ? 0.16 : 0.1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
}

void MessageBar::drawIcon()
{
    m_icon->setPixmap(iconPixmap(kindIcon(m_kind), 20, kindColor(m_kind, Theme(palette())), devicePixelRatioF()));
}

QString errorDetails(const Error& error)
{
    QString text = QString::fromStdString(error.message);
    if (!error.hint.empty())
        text += QLatin1Char('\n') + QString::fromStdString(error.hint);
    return text;
}

} // namespace lectern
