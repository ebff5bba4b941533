#include "ui/common/find_bar.h"

#include "ui/common/format.h"
#include "ui/common/icons.h"
#include "ui/common/plain_label.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QToolButton>

namespace lectern {

FindBar::FindBar(const QString& placeholder, QWidget* parent) : QWidget(parent)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 4, 4);
    row->setSpacing(4);
    m_edit = new QLineEdit(this);
    m_edit->setPlaceholderText(placeholder);
    m_edit->setAccessibleName(placeholder);
    m_edit->setClearButtonEnabled(true);
    m_count = new PlainLabel({}, this);
    m_count->setMuted(true);
    row->addWidget(m_edit, 1);
    row->addWidget(m_count);
    QToolButton* previous = addButton(QStringLiteral("up"), tr("Previous match"));
    QToolButton* next = addButton(QStringLiteral("down"), tr("Next match"));
    QToolButton* shut = addButton(QStringLiteral("close"), tr("Close the find bar"));
    for (QToolButton* button : {previous, next, shut})
        row->addWidget(button);
    connect(m_edit, &QLineEdit::textChanged, this, &FindBar::textChanged);
    connect(previous, &QToolButton::clicked, this, &FindBar::previousWanted);
    connect(next, &QToolButton::clicked, this, &FindBar::nextWanted);
    connect(shut, &QToolButton::clicked, this, &FindBar::close);
    hide();
}

void FindBar::open()
{
    show();
    m_edit->selectAll();
    m_edit->setFocus(Qt::ShortcutFocusReason);
    emit textChanged(m_edit->text());
}

QString FindBar::text() const
{
    return m_edit->text();
}

void FindBar::showCount(int current, int total)
{
    if (total < 0 || m_edit->text().isEmpty())
        m_count->setText({});
    else if (total == 0)
        m_count->setText(tr("Not found"));
    else
        m_count->setText(tr("%1 of %2").arg(formatCount(current), formatCount(total)));
}

void FindBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape)
        close();
    else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        event->modifiers() & Qt::ShiftModifier ? emit previousWanted() : emit nextWanted();
    else
        QWidget::keyPressEvent(event);
}

QToolButton* FindBar::addButton(const QString& iconName, const QString& text)
{
    auto* button = new QToolButton(this);
    button->setAutoRaise(true);
    button->setIcon(icon(iconName));
    button->setToolTip(text);
    button->setAccessibleName(text);
    return button;
}

void FindBar::close()
{
    hide();
    emit closed();
}

} // namespace lectern
