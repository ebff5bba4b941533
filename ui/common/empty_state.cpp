#include "ui/common/empty_state.h"

#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/theme.h"

#include <QEvent>
#include <QPushButton>
#include <QVBoxLayout>

namespace lectern {

namespace {
constexpr int kIconSize = 48;
constexpr int kTextWidth = 420;
} // namespace

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& text, QWidget* parent)
    : QWidget(parent), m_iconName(iconName)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(8);
    m_icon = new QLabel(this);
    m_icon->setAlignment(Qt::AlignCenter);
    m_title = new PlainLabel({}, this);
    m_title->setFontScale(1.2, true);
    m_text = new PlainLabel({}, this);
    m_text->setMuted(true);
    for (PlainLabel* label : {m_title, m_text}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        label->setMaximumWidth(kTextWidth);
    }
    m_buttons = new QVBoxLayout;
    m_buttons->setSpacing(6);
    const auto addCentered = [layout](QWidget* widget) {
        auto* row = new QHBoxLayout;
        row->addStretch(1);
        row->addWidget(widget, 100);
        row->addStretch(1);
        layout->addLayout(row);
    };
    layout->addStretch(2);
    layout->addWidget(m_icon);
    addCentered(m_title);
    addCentered(m_text);
    layout->addSpacing(4);
    layout->addLayout(m_buttons);
    layout->addStretch(3);
    setText(title, text);
    drawIcon();
}

QPushButton* EmptyState::addAction(const QString& text, const QString& iconName)
{
    auto* button = new QPushButton(icon(iconName), text, this);
    button->setAccessibleName(text);
    m_buttons->addWidget(button, 0, Qt::AlignHCenter);
    return button;
}

void EmptyState::setText(const QString& title, const QString& text)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_text->setText(text);
    setAccessibleName(title.isEmpty() ? text : title);
    setAccessibleDescription(text);
}

void EmptyState::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

void EmptyState::drawIcon()
{
    m_icon->setPixmap(iconPixmap(m_iconName, kIconSize, Theme(palette()).mutedText, devicePixelRatioF()));
}

} // namespace lectern
