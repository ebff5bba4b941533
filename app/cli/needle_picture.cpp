#include "app/cli/needle_picture.h"

#include <QImage>
#include <QPainter>

#include <algorithm>

namespace lectern {

namespace {

constexpr int kCell = 56, kRow = 34, kLeft = 70, kTop = 44, kPanelTop = 34, kPanelBottom = 44, kMargin = 16;

// From dark blue to light yellow in steps of even lightness; told apart in every kind of colour vision.
QColor rateColour(double rate)
{
    constexpr double kDark[] = {24, 48, 98}, kMiddle[] = {128, 128, 126}, kLight[] = {250, 226, 88};
    const double* from = rate < 0.5 ? kDark : kMiddle;
    const double* to = rate < 0.5 ? kMiddle : kLight;
    const double t = rate < 0.5 ? 2 * rate : 2 * rate - 1;
    const auto mix = [&](int i) { return static_cast<int>(from[i] + t * (to[i] - from[i])); };
    return {mix(0), mix(1), mix(2)};
}

template <typename T, typename Field> std::vector<T> distinct(const std::vector<NeedleCell>& cells, Field field)
{
    std::vector<T> values;
    for (const NeedleCell& cell : cells)
        if (std::find(values.begin(), values.end(), field(cell)) == values.end())
            values.push_back(field(cell));
    return values;
}

QString lengthLabel(std::int64_t tokens)
{
    return tokens % 1024 == 0 ? QStringLiteral("%1K").arg(tokens / 1024) : QString::number(tokens);
}

struct Grid {
    std::vector<std::string> plans;
    std::vector<std::int64_t> contexts;
    std::vector<double> depths;

    int panelHeight() const { return kPanelTop + kRow * int(depths.size()) + kPanelBottom; }
    QSize size() const
    {
        return {std::max(kLeft + kCell * int(contexts.size()) + kMargin, 420),
                kTop + panelHeight() * int(plans.size())};
    }
    QRect cell(std::size_t plan, std::size_t context, std::size_t depth) const
    {
        return {kLeft + kCell * int(context), kTop + panelHeight() * int(plan) + kPanelTop + kRow * int(depth), kCell,
                kRow};
    }
};

template <typename T> std::size_t placeOf(const std::vector<T>& values, const T& value)
{
    return static_cast<std::size_t>(std::find(values.begin(), values.end(), value) - values.begin());
}

void paintAxes(QPainter& painter, const Grid& grid)
{
    painter.setPen(Qt::black);
    for (std::size_t plan = 0; plan < grid.plans.size(); ++plan) {
        const QRect first = grid.cell(plan, 0, 0);
        painter.drawText(QRect(kMargin, first.top() - kPanelTop, grid.size().width(), kPanelTop), Qt::AlignVCenter,
                         QString::fromStdString(grid.plans[plan]));
        for (std::size_t depth = 0; depth < grid.depths.size(); ++depth)
            painter.drawText(QRect(0, grid.cell(plan, 0, depth).top(), kLeft - 8, kRow),
                             Qt::AlignRight | Qt::AlignVCenter,
                             QStringLiteral("%1 %").arg(qRound(100 * grid.depths[depth])));
        for (std::size_t context = 0; context < grid.contexts.size(); ++context)
            painter.drawText(grid.cell(plan, context, grid.depths.size()), Qt::AlignHCenter | Qt::AlignTop,
                             lengthLabel(grid.contexts[context]));
    }
}

} // namespace

Status writeNeedlePicture(const std::string& path, const std::string& title, const std::vector<NeedleCell>& cells)
{
    const Grid grid{distinct<std::string>(cells, [](const NeedleCell& cell) { return cell.plan; }),
                    distinct<std::int64_t>(cells, [](const NeedleCell& cell) { return cell.context; }),
                    distinct<double>(cells, [](const NeedleCell& cell) { return cell.depth; })};
    constexpr int kScale = 2; // for sharp letters on dense screens
    QImage image(grid.size() * kScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kScale);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.drawText(QRect(kMargin, 0, grid.size().width() - 2 * kMargin, kTop), Qt::AlignVCenter,
                     QString::fromStdString(title));
    for (const NeedleCell& cell : cells) {
        const double rate = cell.trials > 0 ? double(cell.passed) / cell.trials : 0;
        const QRect box = grid.cell(placeOf(grid.plans, cell.plan), placeOf(grid.contexts, cell.context),
                                    placeOf(grid.depths, cell.depth));
        painter.fillRect(box.adjusted(1, 1, -1, -1), rateColour(rate));
        painter.setPen(rate < 0.5 ? Qt::white : Qt::black);
        painter.drawText(box, Qt::AlignCenter, QString::number(qRound(100 * rate)));
    }
    paintAxes(painter, grid);
    painter.end();
    const QString file = QString::fromStdString(path);
    if (!image.save(file, "PNG"))
        return fail(ErrorCode::Disk, "The picture " + path + " could not be written.",
                    "Check that the folder exists and has room.");
    return {};
}

} // namespace lectern
