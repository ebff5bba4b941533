// Base of everything that paints its own picture: a text twin for screen readers, repaint on theme changes, focus by
// Tab with a visible ring.
#pragma once

#include "ui/common/theme.h"

#include <QWidget>

namespace lectern {

class PaintedView : public QWidget {
    Q_OBJECT
public:
    explicit PaintedView(const QString& accessibleName, QWidget* parent = nullptr);

    // What the picture says, in words; read out as the widget's value. May change at any time: call textChanged().
    virtual QString textTwin() const = 0;

protected:
    Theme theme() const { return Theme(palette()); }
    void textChanged();
    void paintFocusRing(QPainter& painter) const;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
};

// Makes PaintedViews readable to assistive programs; call once from main() and from tests.
void initPaintedViewAccessibility();

} // namespace lectern
