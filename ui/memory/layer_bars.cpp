#include "ui/memory/layer_bars.h"

#include "ui/common/chart.h"
#include "ui/common/format.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

LayerBars::LayerBars(MemoryModel& model, QWidget* parent)
    : PaintedView(tr("KV memory by layer"), parent), m_model(model)
{
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&m_model, &MemoryModel::changed, this, [this] {
        update();
        textChanged();
    });
}

QString LayerBars::textTwin() const
{
    return m_layer >= 0 ? readout(m_layer) : m_model.summary();
}

void LayerBars::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(font());
    QRectF area = QRectF(rect()).adjusted(10, 8, -10, -6);
    paintChartTitle(painter, area, colors, tr("Allocated now, by layer"));
    area.setTop(area.top() + metrics.height() + 6);

    std::vector<LegendItem> legend;
    for (int c = 0; c < kHeadClassCount; ++c)
        if (m_model.hasClass(HeadClass(c)))
            legend.push_back({headClassName(HeadClass(c)), colors.headClass[std::size_t(c)], LegendItem::Mark::Box});
    legend.push_back({tr("Full attention would need"), colors.reference, LegendItem::Mark::Dashes});
    area.setTop(area.top() + paintLegend(painter, area, colors, legend) + 4);

    const auto& layers = m_model.usage().layers;
    const std::uint64_t fullLayer =
        layers.empty() ? 0 : m_model.usage().fullAttentionBytes / std::uint64_t(layers.size());
    std::uint64_t most = fullLayer;
    for (const KvLayerUsage& layer : layers)
        most = std::max(most, layer.totalBytes());
    ChartFrame frame = paintByteAxis(painter, area, colors, most, tokenAxisHeight(painter));
    frame.maxX = std::max(1.0, double(layers.size()));
    m_plot = frame.plot;

    const double slot = frame.plot.width() / frame.maxX;
    const double bar = std::max(1.0, std::min(slot * 0.72, 46.0));
    const int labelEvery = std::max(1, int(std::ceil(metrics.horizontalAdvance(QStringLiteral("000")) / slot)));
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const double left = frame.x(double(i)) + (slot - bar) / 2;
        double base = 0;
        for (int c = 0; c < kHeadClassCount; ++c) {
            const double bytes = double(layers[i].bytes[c]);
            if (bytes <= 0)
                continue;
            const QRectF box(left, frame.y(base + bytes), bar, frame.y(base) - frame.y(base + bytes));
            painter.fillRect(box, colors.headClass[std::size_t(c)]);
            base += bytes;
        }
        if (int(i) == m_layer) {
            painter.setPen(QPen(colors.text, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(QRectF(left - 2, frame.y(base) - 2, bar + 4, frame.plot.bottom() - frame.y(base) + 3));
        }
        if (int(i) % labelEvery == 0) {
            painter.setPen(colors.mutedText);
            painter.drawText(QRectF(left - slot, frame.plot.bottom() + 4, bar + 2 * slot, metrics.height()),
                             Qt::AlignHCenter | Qt::AlignTop, QString::number(layers[i].layer));
        }
    }
    painter.setPen(colors.mutedText);
    painter.drawText(QRectF(frame.plot.left(), frame.plot.bottom() + 4 + metrics.height(), frame.plot.width(),
                            metrics.height()),
                     Qt::AlignHCenter | Qt::AlignTop, tr("Layer"));
    painter.setPen(QPen(colors.reference, 1.6, Qt::DashLine));
    painter.drawLine(QPointF(frame.plot.left(), frame.y(double(fullLayer))),
                     QPointF(frame.plot.right(), frame.y(double(fullLayer))));
    paintFocusRing(painter);
}

void LayerBars::mouseMoveEvent(QMouseEvent* event)
{
    const int count = m_model.rowCount();
    const double share = m_plot.width() > 0 ? (event->position().x() - m_plot.left()) / m_plot.width() : -1;
    setLayer(share >= 0 && share < 1 ? int(share * count) : -1);
}

void LayerBars::leaveEvent(QEvent* event)
{
    PaintedView::leaveEvent(event);
    if (!hasFocus())
        setLayer(-1);
}

void LayerBars::keyPressEvent(QKeyEvent* event)
{
    const int count = m_model.rowCount();
    if ((event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) && count > 0)
        setLayer(std::clamp(m_layer + (event->key() == Qt::Key_Right ? 1 : -1), 0, count - 1));
    else
        PaintedView::keyPressEvent(event);
}

void LayerBars::setLayer(int layer)
{
    if (layer == m_layer)
        return;
    m_layer = layer;
    update();
    textChanged();
    emit readoutChanged(layer >= 0 ? readout(layer) : QString());
}

QString LayerBars::readout(int layer) const
{
    if (layer >= m_model.rowCount())
        return {};
    const KvLayerUsage& usage = m_model.usage().layers[std::size_t(layer)];
    return tr("Layer %1 (%2): %3 allocated, %4 in use, %5 kept")
        .arg(usage.layer)
        .arg(QString::fromStdString(usage.kind), formatBytes(usage.totalBytes()), formatBytes(usage.usedBytes),
             formatTokens(usage.tokens));
}

} // namespace lectern
