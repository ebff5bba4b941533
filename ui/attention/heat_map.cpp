#include "ui/attention/heat_map.h"

#include "ui/common/color_map.h"
#include "ui/common/format.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace lectern {

HeatWindow HeatWindow::zoomed(double factor, double x, double y, int cols, int rows) const
{
    HeatWindow next = *this;
    next.width = std::clamp(width / factor, std::min(4.0, double(cols)), double(cols));
    next.height = std::clamp(height / factor, std::min(4.0, double(rows)), double(rows));
    next.left = left + x * (width - next.width);
    next.top = top + y * (height - next.height);
    return next.panned(0, 0, cols, rows);
}

HeatWindow HeatWindow::panned(double dx, double dy, int cols, int rows) const
{
    HeatWindow next = *this;
    next.left = std::clamp(left + dx * width, 0.0, std::max(0.0, double(cols) - width));
    next.top = std::clamp(top + dy * height, 0.0, std::max(0.0, double(rows) - height));
    return next;
}

HeatMap::HeatMap(AttentionModel& model, Selection& selection, QWidget* parent)
    : PaintedView(tr("Attention of one head"), parent), m_model(model), m_selection(selection)
{
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&m_model, &AttentionModel::changed, this, &HeatMap::refresh);
    connect(&m_selection, &Selection::headChanged, this, [this] {
        m_cols = m_rows = 0;
        m_row = m_col = -1;
        refresh();
    });
}

void HeatMap::setRange(HeatRange range)
{
    m_scale.range = range;
    makeImage();
    update();
}

void HeatMap::setSinkHidden(bool hidden)
{
    m_sinkHidden = hidden;
    makeImage();
    update();
}

void HeatMap::setPattern(const HeadPattern* pattern)
{
    m_pattern = pattern ? std::optional(*pattern) : std::nullopt;
    update();
}

QString HeatMap::textTwin() const
{
    if (const AttentionThumbnail* shown = coarse())
        return coarseText() + QLatin1Char(' ') +
               tr("%1 to the start, %2 near, %3 far.")
                   .arg(formatShare(double(shown->sinkMass)), formatShare(double(shown->localMass)),
                        formatShare(double(shown->distantMass)));
    if (!map())
        return tr("No head is chosen, or its map has not come yet.");
    const QString where = tr("Layer %1, head %2.").arg(m_selection.head().layer).arg(m_selection.head().head);
    return m_row >= 0 ? where + QLatin1Char(' ') + readout() : where;
}

void HeatMap::refresh()
{
    if (const AttentionMap* shown = map(); shown && (shown->cols != m_cols || shown->rows != m_rows)) {
        const bool all = m_cols == 0 || (m_window.width >= m_cols && m_window.height >= m_rows);
        m_cols = shown->cols;
        m_rows = shown->rows;
        if (all)
            showAll();
        else
            m_window = m_window.panned(0, 0, m_cols, m_rows);
        m_row = std::min(m_row, m_rows - 1);
        m_col = std::min(m_col, m_cols - 1);
    }
    makeImage();
    update();
}

void HeatMap::makeImage()
{
    const AttentionMap* shown = map();
    if (!shown) {
        m_image = {};
        return;
    }
    m_scale.top = fittingTop(*shown, m_sinkHidden && shown->cols > 1);
    m_image = QImage(shown->cols, shown->rows, QImage::Format_RGB32);
    const QRgb ahead = theme().card.rgb();
    for (int row = 0; row < shown->rows; ++row) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(row));
        const float* cells = &shown->cells[std::size_t(row) * std::size_t(shown->cols)];
        for (int col = 0; col < shown->cols; ++col)
            line[col] = isAhead(*shown, row, col)
                            ? ahead
                            : heatColor(m_sinkHidden && col == 0 ? 0.0 : m_scale.shade(double(cells[col])));
    }
}

void HeatMap::showAll()
{
    m_window = {0, 0, double(std::max(1, m_cols)), double(std::max(1, m_rows))};
}

void HeatMap::placePlot()
{
    const QFontMetricsF metrics(font());
    const double left = metrics.horizontalAdvance(QStringLiteral("888.8K")) + metrics.height() + 12;
    const double right = metrics.horizontalAdvance(QStringLiteral("≥ 0.001 %")) + 32;
    m_plot = QRectF(rect()).adjusted(left, 8, -right, -2 * metrics.height() - 14);
}

void HeatMap::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.background);
    const AttentionMap* shown = map();
    if (!shown || m_image.isNull()) {
        painter.setPen(colors.mutedText);
        if (const AttentionThumbnail* thumbnail = coarse())
            paintCoarse(painter, *thumbnail);
        else
            painter.drawText(QRectF(rect()).adjusted(20, 0, -20, 0), Qt::AlignCenter | Qt::TextWordWrap,
                             m_selection.head().isValid()
                                 ? tr("The map of this head comes with the next question.")
                                 : tr("Choose a head above to see what it looks at."));
        paintFocusRing(painter);
        return;
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform, m_window.width > m_plot.width());
    painter.drawImage(m_plot, m_image, QRectF(m_window.left, m_window.top, m_window.width, m_window.height));
    paintPattern(painter, *shown);
    paintAxes(painter, *shown);
    paintScale(painter);
    if (m_row >= 0 && m_col >= 0) {
        const double w = m_plot.width() / m_window.width, h = m_plot.height() / m_window.height;
        const QRectF cell(m_plot.left() + (m_col - m_window.left) * w,
                          m_plot.top() + (m_row - m_window.top) * h, w, h);
        painter.setClipRect(m_plot);
        const QColor light = QColor::fromRgb(heatColors().back()),
                     deep = QColor::fromRgb(heatColors().front());
        painter.setPen(QPen(deep, 3));
        painter.drawRect(cell.adjusted(-2, -2, 2, 2));
        painter.setPen(QPen(light, 1));
        painter.drawRect(cell.adjusted(-2, -2, 2, 2));
        painter.setClipping(false);
    }
    paintFocusRing(painter);
}

void HeatMap::paintAxes(QPainter& painter, const AttentionMap& map)
{
    const Theme colors = theme();
    const QFontMetricsF metrics(font());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(colors.line);
    painter.drawRect(m_plot);
    painter.setPen(colors.mutedText);
    const double firstKey = m_window.left * double(map.tokensPerCol);
    const double keys = m_window.width * double(map.tokensPerCol);
    const double stepX = niceStep(keys, std::max(2, int(m_plot.width() / 64)));
    for (double key = std::ceil(firstKey / stepX) * stepX; key <= firstKey + keys * 1.0001; key += stepX) {
        const double x = m_plot.left() + (key - firstKey) / keys * m_plot.width();
        painter.drawLine(QPointF(x, m_plot.bottom()), QPointF(x, m_plot.bottom() + 4));
        painter.drawText(QRectF(x - 40, m_plot.bottom() + 5, 80, metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, formatTokensShort(std::int64_t(key)));
    }
    painter.drawText(
        QRectF(m_plot.left(), m_plot.bottom() + 6 + metrics.height(), m_plot.width(), metrics.height()),
        Qt::AlignHCenter | Qt::AlignTop, tr("Looked at (token position)"));
    const auto queryAt = [&map](double row) {
        return cellOf(map, std::clamp(int(row), 0, map.rows - 1), 0).query;
    };
    const auto first = double(queryAt(m_window.top)),
               last = double(queryAt(m_window.top + m_window.height - 1));
    const double stepY =
        niceStep(std::max(1.0, last - first), std::max(2, int(m_plot.height() / (3 * metrics.height()))));
    for (double query = std::ceil(first / stepY) * stepY; query <= last; query += stepY) {
        const auto row =
            std::lower_bound(map.rowPosition.begin(), map.rowPosition.end(), std::int64_t(query)) -
            map.rowPosition.begin();
        const double y =
            m_plot.top() + (double(row) + 0.5 - m_window.top) / m_window.height * m_plot.height();
        painter.drawLine(QPointF(m_plot.left() - 4, y), QPointF(m_plot.left(), y));
        painter.drawText(QRectF(0, y - metrics.height() / 2, m_plot.left() - 7, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, formatTokensShort(std::int64_t(query)));
    }
    painter.save();
    painter.translate(metrics.height() / 2 + 3, m_plot.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-m_plot.height() / 2, -metrics.height() / 2, m_plot.height(), metrics.height()),
                     Qt::AlignCenter, tr("Looking token"));
    painter.restore();
}

void HeatMap::paintScale(QPainter& painter)
{
    const Theme colors = theme();
    const QFontMetricsF metrics(font());
    const QRectF bar(m_plot.right() + 14, m_plot.top(), 12, m_plot.height());
    for (int y = 0; y < int(bar.height()); ++y)
        painter.fillRect(QRectF(bar.left(), bar.bottom() - y - 1, bar.width(), 1.5),
                         QColor::fromRgb(heatColor(y / bar.height())));
    painter.setPen(colors.mutedText);
    for (int i = 0; i <= 4; ++i) {
        const double shade = i / 4.0;
        const double y = std::clamp(bar.bottom() - shade * bar.height(), bar.top() + metrics.height() / 2,
                                    bar.bottom() - metrics.height() / 2);
        const double mass = i == 0 && m_scale.range != HeatRange::Logarithmic ? 0 : m_scale.massAt(shade);
        painter.drawText(QRectF(bar.right() + 5, y - metrics.height() / 2, 100, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         (i == 4 ? QStringLiteral("≥ ") : QString()) + formatShare(mass));
    }
}

void HeatMap::changeEvent(QEvent* event)
{
    PaintedView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        makeImage();
    if (event->type() == QEvent::FontChange)
        placePlot();
}

void HeatMap::resizeEvent(QResizeEvent* event)
{
    PaintedView::resizeEvent(event);
    placePlot();
}

void HeatMap::mousePressEvent(QMouseEvent* event)
{
    m_dragFrom = event->position();
}

void HeatMap::mouseMoveEvent(QMouseEvent* event)
{
    if (!map() || m_plot.isEmpty())
        return;
    const QPointF at = event->position();
    if (event->buttons() & Qt::LeftButton) {
        m_window = m_window.panned((m_dragFrom.x() - at.x()) / m_plot.width(),
                                   (m_dragFrom.y() - at.y()) / m_plot.height(), m_cols, m_rows);
        m_dragFrom = at;
        update();
        return;
    }
    if (m_plot.contains(at))
        setCursor(int(m_window.top + (at.y() - m_plot.top()) / m_plot.height() * m_window.height),
                  int(m_window.left + (at.x() - m_plot.left()) / m_plot.width() * m_window.width));
}

void HeatMap::mouseDoubleClickEvent(QMouseEvent*)
{
    showAll();
    update();
}

void HeatMap::wheelEvent(QWheelEvent* event)
{
    if (!map() || !(event->modifiers() & Qt::ControlModifier)) {
        event->ignore();
        return;
    }
    const QPointF at = event->position();
    const double factor = std::pow(1.2, event->angleDelta().y() / 120.0);
    m_window =
        m_window.zoomed(factor, std::clamp((at.x() - m_plot.left()) / m_plot.width(), 0.0, 1.0),
                        std::clamp((at.y() - m_plot.top()) / m_plot.height(), 0.0, 1.0), m_cols, m_rows);
    update();
}

void HeatMap::leaveEvent(QEvent* event)
{
    PaintedView::leaveEvent(event);
    if (!hasFocus())
        setCursor(-1, -1);
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    if (!map()) {
        PaintedView::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left:
        setCursor(std::max(m_row, 0), m_col - 1);
        break;
    case Qt::Key_Right:
        setCursor(std::max(m_row, 0), m_col + 1);
        break;
    case Qt::Key_Up:
        setCursor(m_row - 1, std::max(m_col, 0));
        break;
    case Qt::Key_Down:
        setCursor(m_row + 1, std::max(m_col, 0));
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        m_window = m_window.zoomed(1.4, 0.5, 0.5, m_cols, m_rows);
        break;
    case Qt::Key_Minus:
        m_window = m_window.zoomed(1 / 1.4, 0.5, 0.5, m_cols, m_rows);
        break;
    case Qt::Key_0:
        showAll();
        break;
    default:
        PaintedView::keyPressEvent(event);
        return;
    }
    update();
}

void HeatMap::setCursor(int row, int col)
{
    m_row = row < 0 && col < 0 ? -1 : std::clamp(row, 0, std::max(0, m_rows - 1));
    m_col = row < 0 && col < 0 ? -1 : std::clamp(col, 0, std::max(0, m_cols - 1));
    update();
    textChanged();
    emit readoutChanged(m_row >= 0 ? readout() : QString());
}

QString HeatMap::readout() const
{
    const AttentionMap* shown = map();
    if (!shown || m_row < 0 || m_row >= shown->rows || m_col < 0 || m_col >= shown->cols)
        return {};
    const HeatCell cell = cellOf(*shown, m_row, m_col);
    QString text = tr("Token %1 gives %2 to tokens %3 to %4")
                       .arg(formatCount(cell.query), formatShare(cell.mass), formatCount(cell.keyBegin),
                            formatCount(cell.keyEnd - 1));
    const QString query = m_tokenText ? m_tokenText(cell.query, cell.query + 1) : QString();
    const QString keys = m_tokenText ? m_tokenText(cell.keyBegin, cell.keyEnd) : QString();
    if (!query.isEmpty() && !keys.isEmpty())
        text += tr(": “%1” looks at “%2”").arg(query, keys);
    return text;
}

} // namespace lectern
