#include "ui/common/memory_bar.h"

#include "ui/common/chart.h"
#include "ui/common/format.h"

#include <QPainter>

#include <algorithm>

namespace lectern {

MemoryBar::MemoryBar(QWidget* parent) : PaintedView(tr("Memory that a session takes"), parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MemoryBar::setPrice(std::optional<PlanPrice> price)
{
    m_price = std::move(price);
    update();
    textChanged();
}

QString MemoryBar::textTwin() const
{
    if (!m_price)
        return tr("No model is open.");
    QString text = tr("Weights %1, KV memory %2, workspace %3: %4 in all.")
                       .arg(formatBytes(m_price->weightsBytes), formatBytes(m_price->kvBytes),
                            formatBytes(m_price->workspaceBytes), formatBytes(m_price->totalBytes()));
    if (m_price->availableBytes > 0)
        text += QLatin1Char(' ') +
                (m_price->fits() ? tr("%1 are free: it fits.") : tr("Only %1 are free: it does not fit."))
                    .arg(formatBytes(m_price->availableBytes));
    return text;
}

QString MemoryBar::csv() const
{
    if (!m_price)
        return {};
    return QStringLiteral(
               "weights_bytes,kv_bytes,workspace_bytes,total_bytes,available_bytes\n%1,%2,%3,%4,%5\n")
        .arg(m_price->weightsBytes)
        .arg(m_price->kvBytes)
        .arg(m_price->workspaceBytes)
        .arg(m_price->totalBytes())
        .arg(m_price->availableBytes);
}

void MemoryBar::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetricsF metrics(font());
    const QRectF area = QRectF(rect()).adjusted(4, 4, -4, -4);
    if (!m_price) {
        painter.setPen(colors.mutedText);
        painter.drawText(area, Qt::AlignCenter, textTwin());
        paintFocusRing(painter);
        return;
    }
    struct Part {
        QString name;
        std::uint64_t bytes;
        QColor color;
    };
    const Part parts[] = {{tr("Weights"), m_price->weightsBytes, colors.headClass[int(HeadClass::Full)]},
                          {tr("KV memory"), m_price->kvBytes, colors.headClass[int(HeadClass::Window)]},
                          {tr("Workspace"), m_price->workspaceBytes, colors.headClass[int(HeadClass::Sink)]}};
    const double most = double(std::max({m_price->totalBytes(), m_price->availableBytes, std::uint64_t(1)}));
    const QRectF bar(area.left(), area.top() + metrics.height() + 4, area.width(), metrics.height());
    painter.setPen(m_price->fits() ? colors.text : colors.bad);
    painter.drawText(
        QRectF(area.left(), area.top(), area.width(), metrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(
            m_price->fits()
                ? tr("%1 of %2 free")
                      .arg(formatBytes(m_price->totalBytes()), formatBytes(m_price->availableBytes))
                : tr("%1 needed, only %2 free: it does not fit")
                      .arg(formatBytes(m_price->totalBytes()), formatBytes(m_price->availableBytes)),
            Qt::ElideRight, area.width()));
    painter.fillRect(bar, colors.card);
    double x = bar.left();
    std::vector<LegendItem> legend;
    for (const Part& part : parts) {
        const double width = bar.width() * double(part.bytes) / most;
        painter.fillRect(QRectF(x, bar.top(), std::max(width, part.bytes > 0 ? 1.0 : 0.0), bar.height()),
                         part.color);
        x += width;
        legend.push_back(
            {part.name + QLatin1Char(' ') + formatBytes(part.bytes), part.color, LegendItem::Mark::Box});
    }
    painter.setPen(colors.line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    paintLegend(painter,
                QRectF(area.left(), bar.bottom() + 6, area.width(), area.bottom() - bar.bottom() - 6), colors,
                legend);
    paintFocusRing(painter);
}

} // namespace lectern
