#include "ui/common/painted_view.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPainter>

namespace lectern {

namespace {

class AccessiblePaintedView : public QAccessibleWidget {
public:
    explicit AccessiblePaintedView(PaintedView* view) : QAccessibleWidget(view, QAccessible::Chart) {}

    QString text(QAccessible::Text kind) const override
    {
        if (kind == QAccessible::Value || kind == QAccessible::Description)
            return static_cast<const PaintedView*>(widget())->textTwin();
        return QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    if (auto* view = qobject_cast<PaintedView*>(object))
        return new AccessiblePaintedView(view);
    return nullptr;
}

} // namespace

PaintedView::PaintedView(const QString& accessibleName, QWidget* parent) : QWidget(parent)
{
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::StrongFocus);
}

void PaintedView::textChanged()
{
    if (!QAccessible::isActive())
        return;
    QAccessibleValueChangeEvent event(this, textTwin());
    QAccessible::updateAccessibility(&event);
}

void PaintedView::paintFocusRing(QPainter& painter) const
{
    if (!hasFocus())
        return;
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, 2));
    painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    painter.restore();
}

void PaintedView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void PaintedView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

void initPaintedViewAccessibility()
{
    QAccessible::installFactory(makeInterface);
}

} // namespace lectern
