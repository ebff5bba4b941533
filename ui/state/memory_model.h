// KV memory: how it stands now, by layer and head class, and how it went while the text was read. No window
// needed. GUI thread.
#pragma once

#include "engine/telemetry/kv_usage.h"

#include <QAbstractTableModel>

#include <vector>

namespace lectern {

// One point of the history. Bytes.
struct MemoryPoint {
    std::int64_t position = 0;
    std::uint64_t allocated = 0, used = 0, fullAttention = 0;
};

// The newest usage and the points that led to it; the text twin of the charts is the table model.
class MemoryModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Layer,
        Kind,
        Tokens,
        FullBytes,
        SinkBytes,
        WindowBytes,
        StridedBytes,
        UsedBytes,
        TotalBytes
    };
    static constexpr int kColumns = 9;
    // More points are thinned to half: a chart has no more pixels than this.
    static constexpr std::size_t kMaxPoints = 2048;
    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    bool isEmpty() const { return m_usage.layers.empty(); }
    const KvUsage& usage() const { return m_usage; }
    const std::vector<MemoryPoint>& history() const { return m_history; }
    bool hasClass(HeadClass headClass) const; // any layer allocates for it

    void setUsage(const KvUsage& usage);
    void showUsage(const KvUsage& usage);              // of an earlier step: the history stays
    void setHistory(std::vector<MemoryPoint> history); // of a capture
    std::uint64_t
    sumOfLayers() const; // what the table's last row says; the allocator's number is usage().bytes
    void clear();

    QString summary() const; // "12.3 MiB of the 48.0 MiB full attention would need: 74 % saved"
    QString toCsv() const;
    QString historyCsv() const; // empty without a history

signals:
    void changed();

private:
    void extendHistory();

    KvUsage m_usage;
    std::vector<MemoryPoint> m_history;
};

QString headClassName(HeadClass headClass); // "Full", "Sink", "Window", "Strided"

// Token ranges [begin, end) a layer still holds, ascending.
std::vector<std::pair<std::int64_t, std::int64_t>> keptRanges(const KvLayerUsage& layer,
                                                              std::int64_t position);

} // namespace lectern
