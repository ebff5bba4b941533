// The large map's numbers as CSV, and the outline of the head's pattern over it.
#include "ui/attention/head_atlas.h"
#include "ui/attention/heat_map.h"
#include "ui/common/color_map.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace lectern {

QString HeatMap::csv() const
{
    const AttentionMap* shown = map();
    if (!shown)
        return {};
    QString csv = QStringLiteral("query,key_begin,key_end,mass\n");
    for (int row = 0; row < shown->rows; ++row)
        for (int col = 0; col < shown->cols && !isAhead(*shown, row, col); ++col) {
            const HeatCell cell = cellOf(*shown, row, col);
            csv += QStringLiteral("%1,%2,%3,%4\n")
                       .arg(cell.query)
                       .arg(cell.keyBegin)
                       .arg(cell.keyEnd)
                       .arg(cell.mass);
        }
    return csv;
}

const AttentionThumbnail* HeatMap::coarse() const
{
    const AttentionThumbnail* thumbnail =
        m_selection.head().isValid() && !map() ? m_model.thumbnail(m_selection.head()) : nullptr;
    return thumbnail && thumbnail->side > 0 ? thumbnail : nullptr;
}

QString HeatMap::coarseText() const
{
    return tr("Coarse picture of layer %1, head %2. Its map in full comes with the next question.")
        .arg(m_selection.head().layer)
        .arg(m_selection.head().head);
}

// The overview's picture, each of its cells as it came, and words that say so.
void HeatMap::paintCoarse(QPainter& painter, const AttentionThumbnail& thumbnail) const
{
    const QFontMetricsF metrics(font());
    const double words = 2 * metrics.height() + 6;
    const double side = std::max(40.0, std::min(width() - 40.0, height() - words - 24.0));
    const QRectF box((width() - side) / 2, 10, side, side);
    painter.drawImage(box, thumbnailImage(thumbnail, theme().card.rgb()));
    painter.drawRect(box);
    painter.drawText(QRectF(20, box.bottom() + 6, width() - 40.0, words),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, coarseText());
}

// The border of what the head may see: its window's left edge, and the sink or strided keys that every query
// keeps.
void HeatMap::paintPattern(QPainter& painter, const AttentionMap& map) const
{
    if (!m_pattern || isFull(*m_pattern))
        return;
    const double perCol = double(map.tokensPerCol);
    const auto x = [&](std::int64_t key) {
        return m_plot.left() + (double(key) / perCol - m_window.left) / m_window.width * m_plot.width();
    };
    const auto y = [&](double row) {
        return m_plot.top() + (row - m_window.top) / m_window.height * m_plot.height();
    };
    QPainterPath border;
    int firstRow = -1; // that no longer sees everything
    for (int row = 0; row < map.rows; ++row) {
        const std::int64_t begin = windowBegin(*m_pattern, map.rowPosition[std::size_t(row)]);
        if (begin <= 0)
            continue;
        if (firstRow < 0) {
            firstRow = row;
            border.moveTo(x(begin), y(row));
        }
        border.lineTo(x(begin), y(row));
        border.lineTo(x(begin), y(row + 1));
    }
    if (firstRow >= 0) {
        const std::int64_t last = windowBegin(*m_pattern, map.rowPosition.back());
        int runs = 0;
        for (KeyRun run = nextKept(*m_pattern, 0); run.end > run.begin && run.begin < last && runs < 400;
             ++runs) {
            // Seen apart from the window only by queries whose window begins after it.
            int row = firstRow;
            while (row < map.rows && windowBegin(*m_pattern, map.rowPosition[std::size_t(row)]) < run.begin)
                ++row;
            const double right = std::max(x(run.end), x(run.begin) + 2);
            border.addRect(QRectF(QPointF(x(run.begin), y(row)), QPointF(right, y(map.rows))));
            const KeyRun next = nextKept(*m_pattern, run.end);
            if (next.begin < run.end)
                break;
            run = next;
        }
    }
    painter.save();
    painter.setClipRect(m_plot);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor::fromRgb(heatColors().front()), 3));
    painter.drawPath(border);
    painter.setPen(QPen(Qt::white, 1, Qt::DashLine));
    painter.drawPath(border);
    painter.restore();
}

} // namespace lectern
