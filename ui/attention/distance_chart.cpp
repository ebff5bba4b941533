#include "ui/attention/distance_chart.h"

#include "ui/common/chart.h"
#include "ui/common/format.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

DistanceChart::DistanceChart(AttentionModel& model, Selection& selection, QWidget* parent)
    : PaintedView(tr("Attention by distance"), parent), m_model(model), m_selection(selection)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(&m_model, &AttentionModel::changed, this, &DistanceChart::refresh);
    connect(&m_selection, &Selection::headChanged, this, &DistanceChart::refresh);
    refresh();
}

void DistanceChart::refresh()
{
    const AttentionMap* map = m_model.map(m_selection.head());
    m_profile = map ? distanceProfile(*map) : DistanceProfile{};
    update();
    textChanged();
}

QString DistanceChart::textTwin() const
{
    if (m_profile.bands.empty())
        return tr("No head is chosen, or its map has not come yet.");
    QStringList parts{tr("start %1").arg(formatShare(m_profile.sink))};
    for (int band = 0; band < int(m_profile.bands.size()); ++band)
        parts += tr("%1 tokens back: %2")
                     .arg(distanceBandName(band), formatShare(m_profile.bands[std::size_t(band)]));
    return parts.join(QStringLiteral(", "));
}

QString DistanceChart::csv() const
{
    QString csv = QStringLiteral("from_tokens,to_tokens,mass\nsink,sink,%1\n").arg(m_profile.sink);
    for (std::size_t band = 0; band < m_profile.bands.size(); ++band)
        csv += QStringLiteral("%1,%2,%3\n")
                   .arg(band == 0 ? 0 : std::int64_t(64) << (band - 1))
                   .arg(std::int64_t(64) << band)
                   .arg(m_profile.bands[band]);
    return csv;
}

void DistanceChart::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.background);
    const QFontMetricsF metrics(font());
    const QRectF area = QRectF(rect()).adjusted(10, 4, -12, -4);
    const double score = m_model.retrievalScore(m_selection.head());
    paintChartTitle(painter, area, colors,
                    score >= 0 ? tr("How far back it looks · beyond a window: %1").arg(formatShare(score))
                               : tr("How far back it looks"));
    if (m_profile.bands.empty()) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect(), Qt::AlignCenter, tr("Comes with the map of a head"));
        paintFocusRing(painter);
        return;
    }
    std::vector<std::pair<QString, double>> bars{{tr("Start"), m_profile.sink}};
    for (int band = 0; band < int(m_profile.bands.size()); ++band)
        bars.emplace_back(formatTokensShort(std::int64_t(64) << band), m_profile.bands[std::size_t(band)]);
    double most = 1e-9;
    for (const auto& bar : bars)
        most = std::max(most, bar.second);
    const QRectF plot = area.adjusted(0, 2.4 * metrics.height(), 0, -metrics.height() - 4);
    const double slot = plot.width() / double(bars.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const double height = plot.height() * bars[i].second / most;
        const QRectF bar(plot.left() + slot * (double(i) + 0.14), plot.bottom() - height, slot * 0.72,
                         height);
        const HeadClass kind = i == 0 ? HeadClass::Sink : i <= 5 ? HeadClass::Window : HeadClass::Full;
        painter.fillRect(bar, colors.headClass[std::size_t(kind)]);
        painter.setPen(colors.mutedText);
        painter.drawText(QRectF(bar.center().x() - slot / 2, plot.bottom() + 2, slot, metrics.height()),
                         Qt::AlignCenter, i == 0 ? bars[i].first : QStringLiteral("<") + bars[i].first);
        const QString value = formatPercent(bars[i].second);
        if (bars[i].second >= 0.005 && metrics.horizontalAdvance(value) <= slot)
            painter.drawText(
                QRectF(bar.center().x() - slot / 2, bar.top() - metrics.height(), slot, metrics.height()),
                Qt::AlignCenter, value);
    }
    painter.setPen(colors.line);
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    paintFocusRing(painter);
}

} // namespace lectern
