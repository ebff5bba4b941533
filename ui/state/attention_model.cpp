#include "ui/state/attention_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lectern {

namespace {
constexpr double kDecades = 4;
constexpr double kFitShare = 0.995; // the first rows see few keys and would outshine all others
}

double HeatScale::shade(double mass) const
{
    const double share = std::clamp(mass / std::max(top, 1e-12), 0.0, 1.0);
    switch (range) {
    case HeatRange::Linear:
        return share;
    case HeatRange::SquareRoot:
        return std::sqrt(share);
    case HeatRange::Logarithmic:
        return share > 0 ? std::clamp(1 + std::log10(share) / kDecades, 0.0, 1.0) : 0.0;
    }
    return share;
}

double HeatScale::massAt(double shade) const
{
    switch (range) {
    case HeatRange::Linear:
        return shade * top;
    case HeatRange::SquareRoot:
        return shade * shade * top;
    case HeatRange::Logarithmic:
        return std::pow(10.0, (shade - 1) * kDecades) * top;
    }
    return shade * top;
}

void AttentionModel::setSnapshot(AttentionSnapshotPtr snapshot)
{
    if (m_paused && snapshot) {
        m_keptBack = std::move(snapshot);
        return;
    }
    m_snapshot = std::move(snapshot);
    m_keptBack.reset();
    sortHeads();
    emit changed();
}

const AttentionThumbnail* AttentionModel::thumbnail(HeadChoice head) const
{
    if (!m_snapshot || !head.isValid() || head.layer >= layers() || head.head >= heads())
        return nullptr;
    const auto index = std::size_t(head.layer) * std::size_t(heads()) + std::size_t(head.head);
    if (index >= m_snapshot->thumbnails.size())
        return nullptr;
    const AttentionThumbnail& thumbnail = m_snapshot->thumbnails[index];
    const auto cells = std::size_t(std::max(thumbnail.side, 0)) * std::size_t(std::max(thumbnail.side, 0));
    return thumbnail.side > 0 && thumbnail.cells.size() >= cells ? &thumbnail : nullptr;
}

HeadChoice AttentionModel::farthestLooking() const
{
    HeadChoice best;
    float most = -1;
    for (int layer = 0; layer < layers(); ++layer)
        for (int head = 0; head < heads(); ++head)
            if (const AttentionThumbnail* found = thumbnail({layer, head}); found && found->distantMass > most) {
                most = found->distantMass;
                best = {layer, head};
            }
    return best;
}

const AttentionMap* AttentionModel::map(HeadChoice head) const
{
    if (!m_snapshot)
        return nullptr;
    for (const AttentionMap& map : m_snapshot->maps)
        if (map.layer == head.layer && map.head == head.head && map.rows > 0 && map.cols > 0 &&
            map.cells.size() >= std::size_t(map.rows) * std::size_t(map.cols))
            return &map;
    return nullptr;
}

void AttentionModel::setPaused(bool paused)
{
    m_paused = paused;
    if (!paused && m_keptBack)
        setSnapshot(std::move(m_keptBack));
}

void AttentionModel::setOrder(HeadOrder order)
{
    m_order = order;
    sortHeads();
    emit changed();
}

void AttentionModel::sortHeads()
{
    m_ordered.clear();
    for (int layer = 0; layer < layers(); ++layer)
        for (int head = 0; head < heads(); ++head)
            m_ordered.push_back({layer, head});
    if (m_order == HeadOrder::ByLayer)
        return;
    const auto mass = [this](HeadChoice head) {
        const AttentionThumbnail* found = thumbnail(head);
        if (!found)
            return -1.0F;
        return m_order == HeadOrder::ByDistantMass ? found->distantMass : found->sinkMass;
    };
    std::stable_sort(m_ordered.begin(), m_ordered.end(),
                     [&](HeadChoice a, HeadChoice b) { return mass(a) > mass(b); });
}

HeatCell cellOf(const AttentionMap& map, int row, int col)
{
    HeatCell cell;
    cell.query = std::size_t(row) < map.rowPosition.size() ? map.rowPosition[std::size_t(row)] : row;
    cell.keyBegin = map.tokensPerCol * col;
    cell.keyEnd = cell.keyBegin + map.tokensPerCol;
    cell.mass = double(map.cells[std::size_t(row) * std::size_t(map.cols) + std::size_t(col)]);
    return cell;
}

double fittingTop(const AttentionMap& map, bool skipSink)
{
    std::vector<float> masses;
    for (int row = 0; row < map.rows; ++row)
        for (int col = skipSink ? 1 : 0; col < map.cols; ++col)
            if (const float mass = map.cells[std::size_t(row) * std::size_t(map.cols) + std::size_t(col)]; mass > 0)
                masses.push_back(mass);
    if (masses.empty())
        return 1e-6;
    const auto place = masses.begin() + std::ptrdiff_t(kFitShare * double(masses.size() - 1));
    std::nth_element(masses.begin(), place, masses.end());
    return std::max(double(*place), 1e-6);
}

bool isAhead(const AttentionMap& map, int row, int col)
{
    const HeatCell cell = cellOf(map, row, col);
    return cell.keyBegin > cell.query;
}

} // namespace lectern
