#include "ui/common/plain_label.h"

#include "ui/common/theme.h"
#include "ui/common/visible_text.h"

#include <QEvent>
#include <QResizeEvent>

namespace lectern {

PlainLabel::PlainLabel(const QString& text, QWidget* parent) : QLabel(parent)
{
    setTextFormat(Qt::PlainText);
    setText(text);
}

void PlainLabel::setMuted(bool muted)
{
    m_muted = muted;
    applyColor();
}

void PlainLabel::setFontScale(double scale, bool bold)
{
    QFont changed = parentWidget() ? parentWidget()->font() : font();
    if (changed.pointSizeF() > 0)
        changed.setPointSizeF(changed.pointSizeF() * scale);
    changed.setBold(bold);
    setFont(changed);
}

void PlainLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::ParentChange || event->type() == QEvent::ApplicationPaletteChange)
        applyColor();
}

void PlainLabel::applyColor()
{
    if (!m_muted)
        return;
    QPalette changed = parentWidget() ? parentWidget()->palette() : QPalette();
    const QColor muted = Theme(changed).mutedText;
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text})
        changed.setColor(role, muted); // the second where the parent stands on the text background
    setPalette(changed);
}

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : PlainLabel({}, parent)
{
    setFullText(text);
}

void ElidedLabel::setFullText(const QString& text)
{
    m_full = visibleLine(text);
    setToolTip(Qt::convertFromPlainText(m_full));
    setAccessibleName(m_full);
    updateGeometry();
    elide();
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().horizontalAdvance(QStringLiteral("mmm…")), QLabel::minimumSizeHint().height()};
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_full) + 4, QLabel::sizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::elide()
{
    setText(fontMetrics().elidedText(m_full, Qt::ElideMiddle, qMax(width(), 1)));
}

} // namespace lectern
