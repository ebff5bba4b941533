// Base of everything that paints its own picture: a text twin for screen readers, repaint on theme changes,
// focus by Tab with a visible ring, and a menu to save the picture (PNG, SVG) or its numbers (CSV).
#pragma once

#include "ui/common/theme.h"

#include <QWidget>

namespace lectern {

class PaintedView : public QWidget {
    Q_OBJECT
public:
    explicit PaintedView(const QString& accessibleName, QWidget* parent = nullptr);

    // What the picture says, in words; read out as the widget's value. May change at any time: call
    // textChanged().
    virtual QString textTwin() const = 0;
    // The numbers behind the picture as CSV; empty where there are none.
    virtual QString csv() const { return {}; }
    // Asks for a place and saves what is shown: the context menu's "Save as …".
    void savePictureAs();
    void saveNumbersAs();

signals:
    void exported(const QString& notice);
    void exportFailed(const QString& title, const QString& details);

protected:
    Theme theme() const { return Theme(palette()); }
    void textChanged();
    void paintFocusRing(QPainter& painter) const;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
};

// Makes PaintedViews readable to assistive programs; call once from main() and from tests.
void initPaintedViewAccessibility();

} // namespace lectern
