#include "ui/state/memory_model.h"

#include "ui/common/format.h"

#include <algorithm>
#include <numeric>

namespace lectern {

int MemoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_usage.layers.size());
}

int MemoryModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant MemoryModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const KvLayerUsage& layer = m_usage.layers[std::size_t(index.row())];
    if (role == Qt::TextAlignmentRole)
        return int(index.column() == Kind ? Qt::AlignLeft | Qt::AlignVCenter
                                          : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Layer:
        return layer.layer;
    case Kind:
        return QString::fromStdString(layer.kind);
    case Tokens:
        return formatCount(layer.tokens);
    case UsedBytes:
        return formatBytes(layer.usedBytes);
    case TotalBytes:
        return formatBytes(layer.totalBytes());
    default:
        return formatBytes(layer.bytes[index.column() - FullBytes]);
    }
}

QVariant MemoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal)
        return {};
    switch (section) {
    case Layer:
        return tr("Layer");
    case Kind:
        return tr("Pattern");
    case Tokens:
        return tr("Tokens kept");
    case UsedBytes:
        return tr("In use");
    case TotalBytes:
        return tr("Allocated");
    default:
        return section >= FullBytes && section <= StridedBytes ? headClassName(HeadClass(section - FullBytes))
                                                               : QVariant();
    }
}

bool MemoryModel::hasClass(HeadClass headClass) const
{
    return std::any_of(m_usage.layers.begin(), m_usage.layers.end(),
                       [headClass](const KvLayerUsage& layer) { return layer.bytes[int(headClass)] > 0; });
}

void MemoryModel::setUsage(const KvUsage& usage)
{
    const bool sameShape = usage.layers.size() == m_usage.layers.size();
    if (!sameShape)
        beginResetModel();
    if (usage.position < m_usage.position)
        m_history.clear(); // another prompt
    m_usage = usage;
    extendHistory();
    if (!sameShape)
        endResetModel();
    else if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
    emit changed();
}

void MemoryModel::showUsage(const KvUsage& usage)
{
    beginResetModel();
    m_usage = usage;
    endResetModel();
    emit changed();
}

void MemoryModel::setHistory(std::vector<MemoryPoint> history)
{
    m_usage = {};
    m_history = std::move(history);
    emit changed();
}

std::uint64_t MemoryModel::sumOfLayers() const
{
    return std::accumulate(
        m_usage.layers.begin(), m_usage.layers.end(), std::uint64_t(0),
        [](std::uint64_t sum, const KvLayerUsage& layer) { return sum + layer.totalBytes(); });
}

void MemoryModel::clear()
{
    beginResetModel();
    m_usage = {};
    m_history.clear();
    endResetModel();
    emit changed();
}

void MemoryModel::extendHistory()
{
    const auto used =
        std::accumulate(m_usage.layers.begin(), m_usage.layers.end(), std::uint64_t(0),
                        [](std::uint64_t sum, const auto& layer) { return sum + layer.usedBytes; });
    const MemoryPoint point{m_usage.position, m_usage.bytes, used, m_usage.fullAttentionBytes};
    if (!m_history.empty() && m_history.back().position == point.position) {
        m_history.back() = point;
        return;
    }
    m_history.push_back(point);
    if (m_history.size() <= kMaxPoints)
        return;
    std::vector<MemoryPoint> thinned;
    for (std::size_t i = m_history.size() % 2 == 0 ? 1 : 0; i < m_history.size(); i += 2)
        thinned.push_back(m_history[i]); // always keeps the newest
    m_history = std::move(thinned);
}

QString MemoryModel::summary() const
{
    if (isEmpty())
        return tr("No KV memory is in use.");
    if (m_usage.fullAttentionBytes <= m_usage.bytes)
        return tr("%1 allocated, as much as full attention needs").arg(formatBytes(m_usage.bytes));
    return tr("%1 allocated. Full attention would need %2: %3 saved")
        .arg(formatBytes(m_usage.bytes), formatBytes(m_usage.fullAttentionBytes),
             formatPercent(m_usage.savedFraction()));
}

QString MemoryModel::toCsv() const
{
    QString csv =
        QStringLiteral("layer,kind,tokens,full_bytes,sink_bytes,window_bytes,strided_bytes,used_bytes\n");
    for (const KvLayerUsage& layer : m_usage.layers)
        csv += QStringLiteral("%1,%2,%3,%4,%5,%6,%7,%8\n")
                   .arg(layer.layer)
                   .arg(QString::fromStdString(layer.kind))
                   .arg(layer.tokens)
                   .arg(layer.bytes[0])
                   .arg(layer.bytes[1])
                   .arg(layer.bytes[2])
                   .arg(layer.bytes[3])
                   .arg(layer.usedBytes);
    return csv;
}

QString MemoryModel::historyCsv() const
{
    QString csv;
    for (const MemoryPoint& point : m_history)
        csv += QStringLiteral("%1,%2,%3,%4\n")
                   .arg(point.position)
                   .arg(point.allocated)
                   .arg(point.used)
                   .arg(point.fullAttention);
    return csv.isEmpty() ? csv
                         : QStringLiteral("tokens,allocated_bytes,used_bytes,full_attention_bytes\n") + csv;
}

QString headClassName(HeadClass headClass)
{
    switch (headClass) {
    case HeadClass::Full:
        return MemoryModel::tr("Full");
    case HeadClass::Sink:
        return MemoryModel::tr("Sink");
    case HeadClass::Window:
        return MemoryModel::tr("Window");
    case HeadClass::Strided:
        return MemoryModel::tr("Strided");
    }
    return {};
}

std::vector<std::pair<std::int64_t, std::int64_t>> keptRanges(const KvLayerUsage& layer,
                                                              std::int64_t position)
{
    if (layer.windowBegin <= 0 || layer.bytes[int(HeadClass::Full)] > 0)
        return position > 0 ? std::vector{std::pair(std::int64_t(0), position)}
                            : std::vector<std::pair<std::int64_t, std::int64_t>>();
    const std::int64_t window = std::max<std::int64_t>(0, position - layer.windowBegin);
    const std::int64_t sink = std::clamp<std::int64_t>(layer.tokens - window, 0, layer.windowBegin);
    std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
    if (sink > 0)
        ranges.emplace_back(0, sink);
    if (window > 0)
        ranges.emplace_back(layer.windowBegin, position);
    return ranges;
}

} // namespace lectern
