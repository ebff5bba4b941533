#include "ui/common/contrast_style.h"

#include <QPainter>
#include <QStyleOption>

namespace lectern {

namespace {

bool isFocused(const QStyleOption& option)
{
    return option.state & QStyle::State_HasFocus;
}

// What Enter presses is marked as what has the keyboard is.
bool isDefault(const QStyleOption& option)
{
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(&option);
    return button && button->features & QStyleOptionButton::DefaultButton;
}

void drawOutline(const QStyleOption& option, QPainter& painter, bool marked)
{
    const int width = marked ? 2 : 1;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(option.palette.color(marked ? QPalette::Highlight : QPalette::WindowText), width, Qt::SolidLine,
                        Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(option.rect.adjusted(width / 2, width / 2, -1, -1));
    painter.restore();
}

// Line edits within other controls have no frame of their own.
bool hasFrame(const QStyleOption& option)
{
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(&option);
    return !frame || frame->lineWidth > 0;
}

} // namespace

void ContrastStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                  const QWidget* widget) const
{
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    switch (element) {
    case PE_FrameMenu:
    case PE_FrameTabWidget:
    case PE_FrameGroupBox: drawOutline(*option, *painter, false); break;
    case PE_PanelButtonCommand:
    case PE_IndicatorCheckBox:
    case PE_IndicatorRadioButton: drawOutline(*option, *painter, isFocused(*option) || isDefault(*option)); break;
    case PE_PanelLineEdit:
        if (hasFrame(*option))
            drawOutline(*option, *painter, isFocused(*option));
        break;
    default: break;
    }
}

void ContrastStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                       const QWidget* widget) const
{
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if (control == CC_ComboBox || control == CC_SpinBox)
        drawOutline(*option, *painter, isFocused(*option));
}

} // namespace lectern
