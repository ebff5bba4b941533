// Pieces shared by the painted charts: a frame with labelled axes, and legends. Geometry is plain values.
#pragma once

#include "ui/common/theme.h"

#include <QRectF>
#include <QString>

#include <cstdint>
#include <vector>

class QPainter;

namespace lectern {

// Maps value ranges to the inside of a chart. Pixels are device-independent.
struct ChartFrame {
    QRectF plot;
    double maxX = 1, maxY = 1; // values at the right and top edges; ranges begin at 0

    double x(double value) const { return plot.left() + plot.width() * value / maxX; }
    double y(double value) const { return plot.bottom() - plot.height() * value / maxY; }
    double valueAtX(double pixel) const { return (pixel - plot.left()) / plot.width() * maxX; }
};

struct LegendItem {
    enum class Mark { Box, Line, Dashes };
    QString text;
    QColor color;
    Mark mark = Mark::Box;
};

// Y axis in bytes: grid lines with labels at its left, the axis title above. Returns the frame, with maxY raised to
// the top label. `area` holds the chart with its labels; `bottom` is the height kept for the x axis.
ChartFrame paintByteAxis(QPainter& painter, const QRectF& area, const Theme& theme, std::uint64_t maxBytes,
                         double bottom);
// X axis in tokens under a frame: ticks, labels and the title below.
void paintTokenAxis(QPainter& painter, const ChartFrame& frame, const Theme& theme, const QString& title);
// Height the x axis needs below the plot.
double tokenAxisHeight(const QPainter& painter);

// Items from the left, wrapping. Returns the height used.
double paintLegend(QPainter& painter, const QRectF& area, const Theme& theme, const std::vector<LegendItem>& items);
void paintChartTitle(QPainter& painter, const QRectF& area, const Theme& theme, const QString& title);

} // namespace lectern
