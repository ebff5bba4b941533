#include "ui/memory/kept_tokens.h"

#include "ui/common/chart.h"
#include "ui/common/format.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

QColor colorOf(const KvLayerUsage& layer, std::int64_t begin, const Theme& theme)
{
    if (layer.bytes[int(HeadClass::Full)] > 0)
        return theme.headClass[int(HeadClass::Full)];
    if (layer.bytes[int(HeadClass::Strided)] > 0)
        return theme.headClass[int(HeadClass::Strided)];
    return theme.headClass[int(begin == 0 && layer.windowBegin > 0 ? HeadClass::Sink : HeadClass::Window)];
}

} // namespace

KeptTokens::KeptTokens(MemoryModel& model, QWidget* parent)
    : PaintedView(tr("Tokens each layer still holds"), parent), m_model(model)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&m_model, &MemoryModel::changed, this, [this] {
        update();
        textChanged();
    });
}

QString KeptTokens::textTwin() const
{
    QStringList lines;
    const KvUsage& usage = m_model.usage();
    for (const KvLayerUsage& layer : usage.layers) {
        QStringList ranges;
        for (const auto& [begin, end] : keptRanges(layer, usage.position))
            ranges += tr("%1 to %2").arg(formatCount(begin), formatCount(end));
        lines += tr("Layer %1: tokens %2").arg(layer.layer).arg(ranges.join(QStringLiteral(", ")));
    }
    return lines.isEmpty() ? m_model.summary() : lines.join(QLatin1Char('\n'));
}

void KeptTokens::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(font());
    QRectF area = QRectF(rect()).adjusted(10, 8, -10, -6);
    paintChartTitle(painter, area, colors, tr("What each layer still holds"));
    area.setTop(area.top() + metrics.height() + 6);

    const KvUsage& usage = m_model.usage();
    const double labels = std::max(metrics.horizontalAdvance(QStringLiteral("000")), 0.0) + 8;
    ChartFrame frame;
    frame.plot = area.adjusted(labels, 0, -2 * metrics.averageCharWidth(), -tokenAxisHeight(painter) - 4);
    frame.maxX = std::max(1.0, double(usage.position));
    painter.fillRect(frame.plot, colors.card);
    const double slot = frame.plot.height() / std::max<double>(1, double(usage.layers.size()));
    const int labelEvery = std::max(1, int(std::ceil(metrics.height() / slot)));
    for (std::size_t i = 0; i < usage.layers.size(); ++i) {
        const KvLayerUsage& layer = usage.layers[i];
        const double top = frame.plot.top() + slot * double(i);
        const double gap = slot > 4 ? 1 : 0;
        for (const auto& [begin, end] : keptRanges(layer, usage.position)) {
            const double left = frame.x(double(begin));
            const double width = std::max(1.5, frame.x(double(end)) - left);
            painter.fillRect(QRectF(left, top + gap / 2, width, std::max(1.0, slot - gap)),
                             colorOf(layer, begin, colors));
        }
        if (int(i) % labelEvery == 0) {
            painter.setPen(colors.mutedText);
            painter.drawText(QRectF(area.left(), top + slot / 2 - metrics.height() / 2, labels - 6, metrics.height()),
                             Qt::AlignRight | Qt::AlignVCenter, QString::number(layer.layer));
        }
    }
    if (usage.reusedTokens > 0) {
        painter.setPen(QPen(colors.good, 3));
        painter.drawLine(QPointF(frame.x(0), frame.plot.bottom() + 2),
                         QPointF(frame.x(double(std::min(usage.reusedTokens, usage.position))),
                                 frame.plot.bottom() + 2));
    }
    paintTokenAxis(painter, frame, colors,
                   usage.reusedTokens > 0
                       ? tr("Tokens read (underlined: %1 reused)").arg(formatCount(usage.reusedTokens))
                       : tr("Tokens read"));
    paintFocusRing(painter);
}

} // namespace lectern
