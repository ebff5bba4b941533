#include "ui/needle/needle_map.h"

#include "ui/common/chart.h"
#include "ui/common/color_map.h"
#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace lectern {

NeedleMap::NeedleMap(NeedleModel& model, QWidget* parent)
    : PaintedView(tr("Needles found"), parent), m_model(model)
{
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&m_model, &NeedleModel::changed, this, [this] {
        if (m_model.cells().empty())
            m_plan = m_context = m_depth = 0; // another grid
        updateGeometry();
        update();
        textChanged();
    });
}

QSize NeedleMap::minimumSizeHint() const
{
    const int plans = std::max(1, int(m_model.settings().plans.size()));
    return {240, plans * 9 * fontMetrics().height()};
}

QString NeedleMap::textTwin() const
{
    if (m_model.isEmpty())
        return tr("No needle test has run.");
    int passed = 0, trials = 0;
    for (const NeedleCell& cell : m_model.cells()) {
        passed += cell.passed;
        trials += cell.trials;
    }
    const QString all = tr("%1 of %2 cells have run, %3 of %4 needles found.")
                            .arg(m_model.cells().size())
                            .arg(m_model.total())
                            .arg(passed)
                            .arg(trials);
    return all + QLatin1Char(' ') + readout();
}

QRectF NeedleMap::planRect(int plan) const
{
    const QFontMetricsF metrics(font());
    const int plans = std::max(1, int(m_model.settings().plans.size()));
    const double height = double(this->height()) / plans;
    return QRectF(0, plan * height, width(), height)
        .adjusted(metrics.horizontalAdvance(QStringLiteral("100 %")) + 34, metrics.height() + 10, -12,
                  -2 * metrics.height() - 12);
}

QRectF NeedleMap::cellRect(int plan, int context, int depth) const
{
    const QRectF area = planRect(plan);
    const double width = area.width() / double(std::max<std::size_t>(1, m_model.settings().contexts.size()));
    const double height = area.height() / double(std::max<std::size_t>(1, m_model.settings().depths.size()));
    return QRectF(area.left() + context * width, area.top() + depth * height, width, height)
        .adjusted(1, 1, -1, -1);
}

void NeedleMap::paintEvent(QPaintEvent*)
{
    const Theme colors = theme();
    QPainter painter(this);
    painter.fillRect(rect(), colors.background);
    const QFontMetricsF metrics(font());
    const NeedleSettings& settings = m_model.settings();
    for (int plan = 0; plan < int(settings.plans.size()); ++plan) {
        const QRectF area = planRect(plan);
        paintChartTitle(painter,
                        QRectF(10, area.top() - metrics.height() - 6, width() - 20, metrics.height()), colors,
                        visibleLine(settings.plans[std::size_t(plan)]));
        for (int context = 0; context < int(settings.contexts.size()); ++context) {
            for (int depth = 0; depth < int(settings.depths.size()); ++depth) {
                const QRectF box = cellRect(plan, context, depth);
                const NeedleCell* cell = m_model.cell(plan, context, depth);
                if (!cell) {
                    painter.fillRect(box, colors.card);
                } else {
                    const double share = cell->trials > 0 ? double(cell->passed) / cell->trials : 0;
                    const QColor fill = QColor::fromRgb(heatColor(share));
                    painter.fillRect(box, fill);
                    painter.setPen(share > 0.55 ? Qt::black : Qt::white);
                    if (box.height() >= metrics.height() * 0.9)
                        painter.drawText(box, Qt::AlignCenter, formatPercent(share));
                }
                if (hasFocus() && plan == m_plan && context == m_context && depth == m_depth) {
                    painter.setPen(QPen(colors.accent, 2));
                    painter.setBrush(Qt::NoBrush);
                    painter.drawRect(box);
                }
            }
            painter.setPen(colors.mutedText);
            const QRectF last = cellRect(plan, context, int(settings.depths.size()) - 1);
            painter.drawText(QRectF(last.center().x() - 40, area.bottom() + 3, 80, metrics.height()),
                             Qt::AlignHCenter, formatTokensShort(settings.contexts[std::size_t(context)]));
        }
        painter.setPen(colors.mutedText);
        for (int depth = 0; depth < int(settings.depths.size()); ++depth)
            painter.drawText(
                QRectF(0, cellRect(plan, 0, depth).top(), area.left() - 6, cellRect(plan, 0, depth).height()),
                Qt::AlignRight | Qt::AlignVCenter, formatPercent(settings.depths[std::size_t(depth)]));
        painter.drawText(
            QRectF(area.left(), area.bottom() + 3 + metrics.height(), area.width(), metrics.height()),
            Qt::AlignHCenter, tr("Length of the text (tokens); depth of the needle downwards"));
    }
    if (m_model.isEmpty()) {
        painter.setPen(colors.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("The map fills while the test runs."));
    }
    paintFocusRing(painter);
}

void NeedleMap::setCurrent(int plan, int context, int depth)
{
    m_plan = plan;
    m_context = context;
    m_depth = depth;
    update();
    textChanged();
    emit readoutChanged(readout());
}

QString NeedleMap::readout() const
{
    if (m_model.isEmpty())
        return {};
    const NeedleSettings& settings = m_model.settings();
    const QString where = tr("%1, %2, depth %3")
                              .arg(visibleLine(settings.plans[std::size_t(m_plan)]),
                                   formatTokens(settings.contexts[std::size_t(m_context)]),
                                   formatPercent(settings.depths[std::size_t(m_depth)]));
    const NeedleCell* cell = m_model.cell(m_plan, m_context, m_depth);
    if (!cell)
        return tr("%1: not run yet").arg(where);
    return tr("%1: %2 of %3 found; asked for “%4”, answered “%5”; KV %6")
        .arg(where)
        .arg(cell->passed)
        .arg(cell->trials)
        .arg(visibleLine(cell->expected), visibleLine(cell->answer).left(80), formatBytes(cell->kvBytes));
}

void NeedleMap::mouseMoveEvent(QMouseEvent* event)
{
    const NeedleSettings& settings = m_model.settings();
    for (int plan = 0; plan < int(settings.plans.size()); ++plan)
        for (int context = 0; context < int(settings.contexts.size()); ++context)
            for (int depth = 0; depth < int(settings.depths.size()); ++depth)
                if (cellRect(plan, context, depth).contains(event->position()))
                    setCurrent(plan, context, depth);
}

void NeedleMap::keyPressEvent(QKeyEvent* event)
{
    const NeedleSettings& settings = m_model.settings();
    const auto step = [](int value, int by, std::size_t count) {
        return std::clamp(value + by, 0, std::max(0, int(count) - 1));
    };
    switch (m_model.isEmpty() ? 0 : event->key()) {
    case Qt::Key_Left:
        setCurrent(m_plan, step(m_context, -1, settings.contexts.size()), m_depth);
        break;
    case Qt::Key_Right:
        setCurrent(m_plan, step(m_context, 1, settings.contexts.size()), m_depth);
        break;
    case Qt::Key_Up:
        setCurrent(m_plan, m_context, step(m_depth, -1, settings.depths.size()));
        break;
    case Qt::Key_Down:
        setCurrent(m_plan, m_context, step(m_depth, 1, settings.depths.size()));
        break;
    case Qt::Key_PageUp:
        setCurrent(step(m_plan, -1, settings.plans.size()), m_context, m_depth);
        break;
    case Qt::Key_PageDown:
        setCurrent(step(m_plan, 1, settings.plans.size()), m_context, m_depth);
        break;
    default:
        PaintedView::keyPressEvent(event);
    }
}

} // namespace lectern
