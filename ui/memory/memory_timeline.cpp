#include "ui/memory/memory_timeline.h"

#include "ui/common/chart.h"
#include "ui/common/format.h"

#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace lectern {

MemoryTimeline::MemoryTimeline(MemoryModel& model, QWidget* parent)
    : PaintedView(tr("KV memory while reading"), parent), m_model(model)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&m_model, &MemoryModel::changed, this, [this] {
        update();
        textChanged();
    });
}

QString MemoryTimeline::textTwin() const
{
    if (m_model.history().empty())
        return m_model.summary();
    const MemoryPoint& last = m_model.history().back();
    return tr("After %1: %2 in use, %3 allocated, full attention %4")
        .arg(formatTokens(last.position), formatBytes(last.used), formatBytes(last.allocated),
             formatBytes(last.fullAttention));
}

void MemoryTimeline::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(font());
    QRectF area = QRectF(rect()).adjusted(10, 8, -10, -6);
    paintChartTitle(painter, area, colors, tr("While reading"));
    area.setTop(area.top() + metrics.height() + 6);
    const QColor inUse = colors.headClass[int(HeadClass::Window)];
    area.setTop(area.top() +
                paintLegend(painter, area, colors,
                            {{tr("In use"), inUse, LegendItem::Mark::Box},
                             {tr("Allocated"), colors.text, LegendItem::Mark::Line},
                             {tr("Full attention would need"), colors.reference, LegendItem::Mark::Dashes}}) +
                4);

    std::uint64_t most = 0;
    for (const MemoryPoint& point : m_model.history())
        most = std::max({most, point.allocated, point.fullAttention, point.used});
    ChartFrame frame = paintByteAxis(painter, area, colors, most, tokenAxisHeight(painter));
    const auto& history = m_model.history();
    frame.maxX = history.empty() ? 1 : std::max(1.0, double(history.back().position));
    paintTokenAxis(painter, frame, colors, tr("Tokens read"));
    if (!history.empty()) {
        QPolygonF used, allocated, full;
        used << QPointF(frame.x(0), frame.y(0));
        const auto start = [&](QPolygonF& line, std::uint64_t bytes) { line << QPointF(frame.x(0), frame.y(double(bytes))); };
        start(allocated, history.front().allocated);
        start(full, history.front().fullAttention);
        for (const MemoryPoint& point : history) {
            const double x = frame.x(double(point.position));
            used << QPointF(x, frame.y(double(point.used)));
            allocated << QPointF(x, frame.y(double(point.allocated)));
            full << QPointF(x, frame.y(double(point.fullAttention)));
        }
        used << QPointF(used.last().x(), frame.y(0));
        painter.setPen(Qt::NoPen);
        painter.setBrush(inUse);
        painter.drawPolygon(used);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.text, 1.8));
        painter.drawPolyline(allocated);
        painter.setPen(QPen(colors.reference, 1.8, Qt::DashLine));
        painter.drawPolyline(full);
    }
    paintFocusRing(painter);
}

} // namespace lectern
