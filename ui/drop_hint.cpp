#include "ui/drop_hint.h"

#include "ui/common/color_math.h"
#include "ui/common/icons.h"
#include "ui/common/theme.h"

#include <QPainter>

namespace lectern {

DropHint::DropHint(QWidget* parent) : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAccessibleName(tr("Drop here"));
    hide();
}

void DropHint::setText(const QString& text)
{
    m_text = text;
    setAccessibleName(text);
    update();
}

void DropHint::paintEvent(QPaintEvent*)
{
    const Theme theme(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = theme.background;
    veil.setAlphaF(0.88F);
    painter.fillRect(rect(), veil);
    painter.setPen(QPen(theme.accent, 3, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(14, 14, -14, -14), 14, 14);
    const QPixmap picture = iconPixmap(QStringLiteral("add-document"), 56, theme.accent, devicePixelRatioF());
    painter.drawPixmap(QPointF(width() / 2.0 - 28, height() / 2.0 - 70), picture);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    painter.setFont(large);
    painter.setPen(theme.text);
    painter.drawText(QRectF(0, height() / 2.0, width(), 60), Qt::AlignHCenter | Qt::AlignTop, m_text);
}

} // namespace lectern
