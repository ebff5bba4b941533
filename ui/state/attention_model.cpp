#include "ui/state/attention_model.h"

#include "ui/common/format.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lectern {

namespace {
constexpr double kDecades = 4;
constexpr double kFitShare = 0.995; // the first rows see few keys and would outshine all others
} // namespace

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
    if (!snapshot) {
        m_recording.clear();
        m_step = -1;
        show(nullptr);
        emit stepChanged();
        return;
    }
    m_recording.add(snapshot);
    if (!m_paused) {
        m_step = int(m_recording.steps().size()) - 1;
        show(std::move(snapshot));
    }
    emit stepChanged();
}

void AttentionModel::show(AttentionSnapshotPtr snapshot)
{
    m_snapshot = std::move(snapshot);
    sortHeads();
    emit changed();
}

void AttentionModel::showStep(int index)
{
    const auto& steps = m_recording.steps();
    if (index < 0 || index >= int(steps.size()))
        return;
    const bool last = index + 1 == int(steps.size());
    if (m_paused == last) {
        m_paused = !last;
        emit pausedChanged(m_paused);
    }
    m_step = index;
    show(steps[std::size_t(index)].attention);
    emit stepChanged();
}

void AttentionModel::setRecording(std::vector<RecordedStep> steps)
{
    m_recording.set(std::move(steps));
    m_step = -1;
    if (m_recording.steps().empty())
        show(nullptr);
    else
        showStep(int(m_recording.steps().size()) - 1);
}

double AttentionModel::retrievalScore(HeadChoice head) const
{
    const AttentionThumbnail* found = thumbnail(head);
    return found ? double(found->distantMass) : -1;
}

void AttentionModel::setFilter(HeadFilter filter)
{
    m_filter = filter;
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
            if (const AttentionThumbnail* found = thumbnail({layer, head});
                found && found->distantMass > most) {
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
    if (paused == m_paused)
        return;
    m_paused = paused;
    emit pausedChanged(paused);
    if (!paused)
        showStep(int(m_recording.steps().size()) - 1);
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
    if (m_filter != HeadFilter::All)
        std::erase_if(m_ordered, [this](HeadChoice head) {
            return (retrievalScore(head) >= kFarScore) != (m_filter == HeadFilter::Far);
        });
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

DistanceProfile distanceProfile(const AttentionMap& map)
{
    DistanceProfile profile;
    for (int row = 0; row < map.rows; ++row) {
        for (int col = 0; col < map.cols && !isAhead(map, row, col); ++col) {
            const HeatCell cell = cellOf(map, row, col);
            if (col == 0 && row > 0) {
                profile.sink += cell.mass;
                continue;
            }
            const std::int64_t back = std::max<std::int64_t>(0, cell.query - (cell.keyEnd - 1));
            std::size_t band = 0;
            for (std::int64_t limit = 64; back >= limit; limit *= 2)
                ++band;
            if (profile.bands.size() <= band)
                profile.bands.resize(band + 1, 0.0);
            profile.bands[band] += cell.mass;
        }
    }
    const double rows = std::max(1, map.rows);
    profile.sink /= rows;
    for (double& mass : profile.bands)
        mass /= rows;
    return profile;
}

QString distanceBandName(int band)
{
    if (band == 0)
        return AttentionModel::tr("under 64");
    const std::int64_t from = std::int64_t(64) << (band - 1);
    return AttentionModel::tr("%1 to %2").arg(formatTokensShort(from), formatTokensShort(2 * from));
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
            if (const float mass = map.cells[std::size_t(row) * std::size_t(map.cols) + std::size_t(col)];
                mass > 0)
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
