#include "ui/explore/plan_grid.h"

#include "ui/common/chart.h"
#include "ui/common/pattern_text.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

HeadClass classOf(const HeadPattern& pattern)
{
    return isFull(pattern)                                      ? HeadClass::Full
           : std::holds_alternative<SinkWindowPattern>(pattern) ? HeadClass::Window
                                                                : HeadClass::Strided;
}

// Colour alone would leave some people out: each kind has a sign too.
void paintSign(QPainter& painter, const QRectF& cell, HeadClass kind)
{
    const QRectF inner =
        cell.adjusted(cell.width() * 0.25, cell.height() * 0.25, -cell.width() * 0.25, -cell.height() * 0.25);
    if (kind == HeadClass::Window) {
        painter.drawLine(inner.topLeft(), inner.bottomLeft());
        painter.fillRect(QRectF(inner.center().x(), inner.top(), inner.width() / 2, inner.height()),
                         painter.pen().color());
    } else if (kind == HeadClass::Strided) {
        for (int i = 0; i < 3; ++i)
            painter.drawLine(QPointF(inner.left() + i * inner.width() / 2, inner.top()),
                             QPointF(inner.left() + i * inner.width() / 2, inner.bottom()));
    }
}

} // namespace

PlanGrid::PlanGrid(PlanEditor& editor, QWidget* parent)
    : PaintedView(tr("What every head keeps"), parent), m_editor(editor)
{
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QSize PlanGrid::minimumSizeHint() const
{
    const int rows = std::max(1, m_editor.kvHeads());
    return {220, std::min(320, int((rows + 3.2) * (fontMetrics().height() + 6)) + 10)};
}

void PlanGrid::refresh()
{
    setCurrent(std::clamp(m_layer, 0, std::max(0, m_editor.layers() - 1)),
               std::clamp(m_head, 0, std::max(0, m_editor.kvHeads() - 1)));
    updateGeometry();
    update();
    textChanged();
}

QString PlanGrid::textTwin() const
{
    if (m_editor.isEmpty())
        return tr("No model is open.");
    return tr("Layer %1, KV head %2 keeps %3. Space changes it, L the whole layer.")
        .arg(m_layer)
        .arg(m_head)
        .arg(patternText(m_editor.pattern(m_layer, m_head)));
}

QString PlanGrid::csv() const
{
    QString csv = QStringLiteral("layer,kv_head,kind,keeps\n");
    for (int layer = 0; layer < m_editor.layers(); ++layer)
        for (int head = 0; head < m_editor.kvHeads(); ++head)
            csv += QStringLiteral("%1,%2,%3,%4\n")
                       .arg(layer)
                       .arg(head)
                       .arg(QString::fromLatin1(patternKind(m_editor.pattern(layer, head))),
                            QString::fromStdString(describePattern(m_editor.pattern(layer, head))));
    return m_editor.isEmpty() ? QString() : csv;
}

QRectF PlanGrid::gridRect() const
{
    const QFontMetricsF metrics(font());
    return QRectF(rect()).adjusted(metrics.horizontalAdvance(tr("KV head %1").arg(0)) + 14,
                                   2 * metrics.height() + 16, -8, -metrics.height() - 8);
}

QRectF PlanGrid::cellRect(int layer, int kvHead) const
{
    const QRectF grid = gridRect();
    const double width = grid.width() / std::max(1, m_editor.layers());
    const double height =
        std::min(grid.height() / std::max(1, m_editor.kvHeads()), 2.0 * fontMetrics().height());
    return QRectF(grid.left() + layer * width, grid.top() + kvHead * height, width, height)
        .adjusted(1, 1, -1, -1);
}

void PlanGrid::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.background);
    const QFontMetricsF metrics(font());
    if (m_editor.isEmpty()) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect(), Qt::AlignCenter, textTwin());
        return;
    }
    paintLegend(painter, QRectF(8, 4, width() - 16, metrics.height()), colors,
                {{tr("Full"), colors.headClass[int(HeadClass::Full)], LegendItem::Mark::Box},
                 {tr("Streaming"), colors.headClass[int(HeadClass::Window)], LegendItem::Mark::Box},
                 {tr("Strided"), colors.headClass[int(HeadClass::Strided)], LegendItem::Mark::Box}});
    const QRectF first = cellRect(0, 0);
    const int every =
        std::max(1, int(std::ceil(metrics.horizontalAdvance(QStringLiteral("000")) / (first.width() + 2))));
    for (int layer = 0; layer < m_editor.layers(); ++layer) {
        for (int head = 0; head < m_editor.kvHeads(); ++head) {
            const QRectF cell = cellRect(layer, head);
            const HeadClass kind = classOf(m_editor.pattern(layer, head));
            painter.fillRect(cell, colors.headClass[std::size_t(kind)]);
            painter.setPen(QPen(colors.background, 1.5));
            paintSign(painter, cell, kind);
            if (layer == m_layer && head == m_head) {
                painter.setBrush(Qt::NoBrush);
                painter.setPen(QPen(colors.text, 2));
                painter.drawRect(cell.adjusted(-1, -1, 1, 1));
            }
        }
        painter.setPen(colors.mutedText);
        if (layer % every == 0)
            painter.drawText(QRectF(cellRect(layer, 0).center().x() - 30, first.top() - metrics.height() - 3,
                                    60, metrics.height()),
                             Qt::AlignCenter, QString::number(layer));
    }
    painter.setPen(colors.mutedText);
    for (int head = 0; head < m_editor.kvHeads(); ++head)
        painter.drawText(QRectF(0, cellRect(0, head).top(), first.left() - 8, cellRect(0, head).height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         head == 0 ? tr("KV head %1").arg(0) : QString::number(head));
    painter.drawText(QRectF(0, first.top() - metrics.height() - 3, first.left() - 8, metrics.height()),
                     Qt::AlignRight | Qt::AlignVCenter, tr("Layer"));
    paintFocusRing(painter);
}

PlanGrid::Cell PlanGrid::cellAt(const QPointF& at) const
{
    for (int layer = 0; layer < m_editor.layers(); ++layer)
        for (int head = 0; head < m_editor.kvHeads(); ++head)
            if (cellRect(layer, head).contains(at))
                return {layer, head};
    return {};
}

void PlanGrid::setCurrent(int layer, int kvHead)
{
    if (layer == m_layer && kvHead == m_head)
        return;
    m_layer = layer;
    m_head = kvHead;
    update();
    textChanged();
    emit currentChanged(layer, kvHead);
}

void PlanGrid::mousePressEvent(QMouseEvent* event)
{
    const Cell cell = cellAt(event->position());
    if (cell.layer < 0 || event->button() != Qt::LeftButton)
        return;
    setCurrent(cell.layer, cell.head);
    if (event->modifiers() & Qt::ShiftModifier)
        m_editor.toggleLayer(cell.layer);
    else
        m_editor.toggleHead(cell.layer, cell.head);
    refresh();
    emit edited();
}

void PlanGrid::mouseMoveEvent(QMouseEvent* event)
{
    const Cell cell = cellAt(event->position());
    setToolTip(cell.layer < 0 ? QString()
                              : tr("Layer %1, KV head %2: %3")
                                    .arg(cell.layer)
                                    .arg(cell.head)
                                    .arg(patternText(m_editor.pattern(cell.layer, cell.head))));
}

void PlanGrid::keyPressEvent(QKeyEvent* event)
{
    if (m_editor.isEmpty()) {
        PaintedView::keyPressEvent(event);
        return;
    }
    const auto move = [this](int dx, int dy) {
        setCurrent(std::clamp(m_layer + dx, 0, m_editor.layers() - 1),
                   std::clamp(m_head + dy, 0, m_editor.kvHeads() - 1));
    };
    switch (event->key()) {
    case Qt::Key_Left:
        move(-1, 0);
        break;
    case Qt::Key_Right:
        move(1, 0);
        break;
    case Qt::Key_Up:
        move(0, -1);
        break;
    case Qt::Key_Down:
        move(0, 1);
        break;
    case Qt::Key_Space:
    case Qt::Key_L:
        event->key() == Qt::Key_Space ? m_editor.toggleHead(m_layer, m_head) : m_editor.toggleLayer(m_layer);
        refresh();
        emit edited();
        break;
    default:
        PaintedView::keyPressEvent(event);
    }
}

} // namespace lectern
