#include "ui/common/chart.h"

#include "ui/common/format.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace lectern {

namespace {
constexpr double kLabelGap = 6;
constexpr double kMarkSize = 11;
constexpr double kLineMark = 24; // long enough to tell dashes from a line
constexpr int kMaxYSteps = 4;
} // namespace

ChartFrame paintByteAxis(QPainter& painter, const QRectF& area, const Theme& theme, std::uint64_t maxBytes,
                         double bottom)
{
    const QFontMetricsF metrics(painter.font());
    const double height = area.height() - bottom - metrics.height() / 2;
    const int steps = std::clamp(int(height / (1.8 * metrics.height())), 1, kMaxYSteps);
    const std::uint64_t step = niceByteStep(std::max<std::uint64_t>(maxBytes, 4), steps);
    const std::uint64_t top = (maxBytes + step - 1) / step * step;
    double widest = 0;
    for (std::uint64_t value = 0; value <= top; value += step)
        widest = std::max(widest, metrics.horizontalAdvance(formatBytes(value)));

    ChartFrame frame;
    frame.maxY = double(std::max<std::uint64_t>(top, 1));
    frame.plot =
        area.adjusted(widest + kLabelGap, metrics.height() / 2, -metrics.averageCharWidth() * 2, -bottom);
    for (std::uint64_t value = 0; value <= top; value += step) {
        const double y = frame.y(double(value));
        painter.setPen(QPen(value == 0 ? theme.line : theme.grid, 1));
        painter.drawLine(QPointF(frame.plot.left(), y), QPointF(frame.plot.right(), y));
        painter.setPen(theme.mutedText);
        painter.drawText(QRectF(area.left(), y - metrics.height() / 2, widest, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, formatBytes(value));
    }
    return frame;
}

double tokenAxisHeight(const QPainter& painter)
{
    return 2 * QFontMetricsF(painter.font()).height() + kLabelGap;
}

void paintTokenAxis(QPainter& painter, const ChartFrame& frame, const Theme& theme, const QString& title)
{
    const QFontMetricsF metrics(painter.font());
    const double widest = metrics.horizontalAdvance(formatTokensShort(88'800)) + 2 * kLabelGap;
    const double step =
        std::max(1.0, niceStep(frame.maxX, std::max(1, int(frame.plot.width() / (1.6 * widest)))));
    for (double value = 0; value <= frame.maxX * 1.0001; value += step) {
        const double x = frame.x(value);
        painter.setPen(QPen(theme.line, 1));
        painter.drawLine(QPointF(x, frame.plot.bottom()), QPointF(x, frame.plot.bottom() + 3));
        painter.setPen(theme.mutedText);
        painter.drawText(QRectF(x - widest, frame.plot.bottom() + 4, 2 * widest, metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, formatTokensShort(std::int64_t(value)));
    }
    painter.drawText(QRectF(frame.plot.left(), frame.plot.bottom() + 4 + metrics.height(), frame.plot.width(),
                            metrics.height()),
                     Qt::AlignHCenter | Qt::AlignTop, title);
}

double paintLegend(QPainter& painter, const QRectF& area, const Theme& theme,
                   const std::vector<LegendItem>& items)
{
    const QFontMetricsF metrics(painter.font());
    const double lineHeight = metrics.height() + 2;
    double x = area.left(), y = area.top();
    for (const LegendItem& item : items) {
        const double mark = item.mark == LegendItem::Mark::Box ? kMarkSize : kLineMark;
        const double width = mark + kLabelGap + metrics.horizontalAdvance(item.text);
        if (x + width > area.right() && x > area.left()) {
            x = area.left();
            y += lineHeight;
        }
        const double middle = y + metrics.height() / 2;
        if (item.mark == LegendItem::Mark::Box) {
            painter.fillRect(QRectF(x, middle - kMarkSize / 2, kMarkSize, kMarkSize), item.color);
        } else {
            painter.setPen(
                QPen(item.color, 2, item.mark == LegendItem::Mark::Dashes ? Qt::DashLine : Qt::SolidLine));
            painter.drawLine(QPointF(x, middle), QPointF(x + mark, middle));
        }
        painter.setPen(theme.text);
        painter.drawText(QRectF(x + mark + kLabelGap, y, width, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, item.text);
        x += width + 2.5 * kLabelGap;
    }
    return y - area.top() + lineHeight;
}

void paintChartTitle(QPainter& painter, const QRectF& area, const Theme& theme, const QString& title)
{
    painter.save();
    QFont bold = painter.font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(theme.text);
    const QFontMetricsF metrics(bold);
    painter.drawText(area, Qt::AlignLeft | Qt::AlignTop,
                     metrics.elidedText(title, Qt::ElideRight, area.width()));
    painter.restore();
}

} // namespace lectern
