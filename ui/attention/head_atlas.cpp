#include "ui/attention/head_atlas.h"

#include "ui/common/color_map.h"
#include "ui/common/format.h"

#include <QImage>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {
constexpr double kMinTile = 14, kMaxTile = 64;

QString firstHeadLabel()
{
    return HeadAtlas::tr("Head %1").arg(0); // names the axis by its first label
}
} // namespace

QImage thumbnailImage(const AttentionThumbnail& thumbnail, QRgb ahead)
{
    QImage image(thumbnail.side, thumbnail.side, QImage::Format_RGB32);
    for (int y = 0; y < thumbnail.side; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < thumbnail.side; ++x)
            line[x] =
                x > y
                    ? ahead
                    : heatColors()[thumbnail
                                       .cells[std::size_t(y) * std::size_t(thumbnail.side) + std::size_t(x)]];
    }
    return image;
}

HeadAtlas::HeadAtlas(AttentionModel& model, Selection& selection, QWidget* parent)
    : PaintedView(tr("All heads"), parent), m_model(model), m_selection(selection)
{
    setMouseTracking(true);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&m_model, &AttentionModel::changed, this, [this] {
        updateGeometry();
        update();
    });
    connect(&m_selection, &Selection::headChanged, this, [this] {
        update();
        textChanged();
    });
}

QString HeadAtlas::textTwin() const
{
    const HeadChoice head = m_selection.head();
    if (head.isValid())
        return describe(head);
    return tr("%1 layers with %2 heads each. Arrow keys choose a head.")
        .arg(m_model.layers())
        .arg(m_model.heads());
}

HeadAtlas::Grid HeadAtlas::gridFor(int width) const
{
    Grid grid;
    const QFontMetricsF metrics(font());
    const auto count = int(m_model.orderedHeads().size());
    const bool byLayer = isByLayer();
    grid.left = byLayer ? metrics.horizontalAdvance(firstHeadLabel()) + 10 : 2;
    grid.top = byLayer ? metrics.height() + 4 : 2;
    const double room = std::max(40.0, width - grid.left - 2);
    if (byLayer) {
        grid.columns = std::max(1, m_model.layers());
        grid.tile = std::clamp(room / grid.columns - 3, kMinTile, kMaxTile);
    } else {
        grid.tile = kMaxTile * 2 / 3;
        grid.columns = std::max(1, int(room / grid.pitch()));
    }
    grid.rows = (count + grid.columns - 1) / grid.columns;
    return grid;
}

// A filter leaves holes: what is left is packed like a sorted list.
bool HeadAtlas::isByLayer() const
{
    return m_model.order() == HeadOrder::ByLayer && m_model.filter() == HeadFilter::All;
}

QString HeadAtlas::csv() const
{
    QString csv = QStringLiteral("layer,head,start_mass,near_mass,far_mass\n");
    for (const HeadChoice head : m_model.orderedHeads())
        if (const AttentionThumbnail* t = m_model.thumbnail(head))
            csv += QStringLiteral("%1,%2,%3,%4,%5\n")
                       .arg(head.layer)
                       .arg(head.head)
                       .arg(double(t->sinkMass))
                       .arg(double(t->localMass))
                       .arg(double(t->distantMass));
    return m_model.isEmpty() ? QString() : csv;
}

QSize HeadAtlas::sizeHint() const
{
    return {320, heightForWidth(320)}; // not of the present width: a scroll area would chase it
}

int HeadAtlas::heightForWidth(int width) const
{
    const Grid grid = gridFor(width);
    return int(grid.top + grid.rows * grid.pitch()) + 4;
}

QRectF HeadAtlas::tileRect(const Grid& grid, int cell) const
{
    return {grid.left + (cell % grid.columns) * grid.pitch(), grid.top + (cell / grid.columns) * grid.pitch(),
            grid.tile, grid.tile};
}

HeadChoice HeadAtlas::headInCell(const Grid& grid, int cell) const
{
    const auto& heads = m_model.orderedHeads();
    if (cell < 0 || cell >= int(heads.size()))
        return {};
    if (isByLayer())
        return {cell % grid.columns, cell / grid.columns};
    return heads[std::size_t(cell)];
}

HeadChoice HeadAtlas::headAt(const QPoint& at) const
{
    const Grid grid = gridFor(width());
    const int column = int((at.x() - grid.left) / grid.pitch()),
              row = int((at.y() - grid.top) / grid.pitch());
    if (at.x() < grid.left || at.y() < grid.top || column >= grid.columns)
        return {};
    return headInCell(grid, row * grid.columns + column);
}

void HeadAtlas::paintEvent(QPaintEvent* event)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(event->rect(), colors.background);
    const Grid grid = gridFor(width());
    if (isByLayer())
        paintLabels(painter, grid);
    for (int cell = 0; cell < int(m_model.orderedHeads().size()); ++cell) {
        const QRectF tile = tileRect(grid, cell);
        if (!tile.intersects(QRectF(event->rect())))
            continue;
        const HeadChoice head = headInCell(grid, cell);
        if (const AttentionThumbnail* thumbnail = m_model.thumbnail(head))
            painter.drawImage(tile, thumbnailImage(*thumbnail, colors.card.rgb()));
        else
            painter.fillRect(tile, colors.card);
        if (head == m_selection.head()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colors.accent, 3));
            painter.drawRect(tile.adjusted(-1, -1, 1, 1));
        }
    }
    paintFocusRing(painter);
}

void HeadAtlas::paintLabels(QPainter& painter, const Grid& grid) const
{
    const QFontMetricsF metrics(font());
    painter.setPen(theme().mutedText);
    painter.drawText(QRectF(0, 0, grid.left - 4, grid.top), Qt::AlignRight | Qt::AlignTop, tr("Layer"));
    const int every =
        std::max(1, int(std::ceil(metrics.horizontalAdvance(QStringLiteral("000")) / grid.pitch())));
    for (int column = 0; column < grid.columns; column += every)
        painter.drawText(QRectF(grid.left + column * grid.pitch() - grid.pitch(), 0,
                                grid.tile + 2 * grid.pitch(), grid.top),
                         Qt::AlignHCenter | Qt::AlignTop, QString::number(column));
    for (int row = 0; row < grid.rows; ++row)
        painter.drawText(QRectF(0, grid.top + row * grid.pitch(), grid.left - 6, grid.tile),
                         Qt::AlignRight | Qt::AlignVCenter,
                         row == 0 ? firstHeadLabel() : QString::number(row));
}

void HeadAtlas::mousePressEvent(QMouseEvent* event)
{
    if (const HeadChoice head = headAt(event->position().toPoint()); head.isValid())
        m_selection.setHead(head);
}

void HeadAtlas::mouseMoveEvent(QMouseEvent* event)
{
    const HeadChoice head = headAt(event->position().toPoint());
    emit readoutChanged(head.isValid() ? describe(head) : QString());
}

void HeadAtlas::leaveEvent(QEvent* event)
{
    PaintedView::leaveEvent(event);
    emit readoutChanged({});
}

void HeadAtlas::keyPressEvent(QKeyEvent* event)
{
    const Grid grid = gridFor(width());
    int step = 0;
    switch (event->key()) {
    case Qt::Key_Left:
        step = -1;
        break;
    case Qt::Key_Right:
        step = 1;
        break;
    case Qt::Key_Up:
        step = -grid.columns;
        break;
    case Qt::Key_Down:
        step = grid.columns;
        break;
    default:
        PaintedView::keyPressEvent(event);
        return;
    }
    int cell = 0;
    const int count = int(m_model.orderedHeads().size());
    while (cell < count && !(headInCell(grid, cell) == m_selection.head()))
        ++cell;
    const int next = cell == count ? 0 : cell + step;
    if (const HeadChoice head = headInCell(grid, next); head.isValid())
        m_selection.setHead(head);
}

QString HeadAtlas::describe(HeadChoice head) const
{
    const AttentionThumbnail* thumbnail = m_model.thumbnail(head);
    const QString name = tr("Layer %1, head %2").arg(head.layer).arg(head.head);
    if (!thumbnail)
        return name;
    return name + tr(": start %1, near %2, far %3")
                      .arg(formatShare(double(thumbnail->sinkMass)),
                           formatShare(double(thumbnail->localMass)),
                           formatShare(double(thumbnail->distantMass)));
}

} // namespace lectern
