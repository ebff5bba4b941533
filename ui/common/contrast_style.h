// Edges for the high-contrast theme: the base style draws them a little darker than the window, which on black cannot be
// seen. Draws an outline in the text's colour over what the base style drew; two pixels of the accent where the
// keyboard is.
#pragma once

#include <QProxyStyle>

namespace lectern {

class ContrastStyle : public QProxyStyle {
public:
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
};

} // namespace lectern
