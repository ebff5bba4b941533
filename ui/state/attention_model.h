// What the attention view shows of the newest snapshot: thumbnails in a chosen order, one head large, and values under
// a cursor in tokens. No window needed. GUI thread.
#pragma once

#include "engine/telemetry/attention_view.h"
#include "ui/common/selection.h"

#include <QObject>
#include <QString>

#include <vector>

namespace lectern {

enum class HeatRange { Linear, SquareRoot, Logarithmic };
enum class HeadOrder { ByLayer, ByDistantMass, BySinkMass };

// How probabilities become colour. `top` is the mass shown as 1.
struct HeatScale {
    HeatRange range = HeatRange::SquareRoot;
    double top = 1;
    // 0..1. The logarithmic range spans four decades below `top`.
    double shade(double mass) const;
    double massAt(double shade) const; // the inverse
};

// What stands under the cursor of a heat map.
struct HeatCell {
    std::int64_t query = 0;               // token position of the row
    std::int64_t keyBegin = 0, keyEnd = 0; // tokens of the column, [begin, end)
    double mass = 0;
};

class AttentionModel : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void setSnapshot(AttentionSnapshotPtr snapshot); // nullptr clears
    const AttentionSnapshotPtr& snapshot() const { return m_snapshot; }
    bool isEmpty() const { return !m_snapshot || m_snapshot->thumbnails.empty(); }
    int layers() const { return m_snapshot ? m_snapshot->layers : 0; }
    int heads() const { return m_snapshot ? m_snapshot->heads : 0; }
    const AttentionThumbnail* thumbnail(HeadChoice head) const; // nullptr if absent
    HeadChoice farthestLooking() const; // the head with most mass beyond start and window; invalid without heads
    const AttentionMap* map(HeadChoice head) const;             // nullptr until the engine sends it
    // While paused, snapshots are kept back; the newest one shows on resuming.
    void setPaused(bool paused);
    bool isPaused() const { return m_paused; }

    void setOrder(HeadOrder order);
    HeadOrder order() const { return m_order; }
    const std::vector<HeadChoice>& orderedHeads() const { return m_ordered; }

signals:
    void changed();

private:
    void sortHeads();

    AttentionSnapshotPtr m_snapshot, m_keptBack;
    std::vector<HeadChoice> m_ordered;
    HeadOrder m_order = HeadOrder::ByLayer;
    bool m_paused = false;
};

// The cell's tokens and mass; row and col must exist.
HeatCell cellOf(const AttentionMap& map, int row, int col);
// The mass that 99.5 % of the cells stay below, without the first column where `skipSink`; at least 1e-6.
double fittingTop(const AttentionMap& map, bool skipSink);
// Whether the keys lie after the query: it can not see them.
bool isAhead(const AttentionMap& map, int row, int col);

} // namespace lectern

Q_DECLARE_METATYPE(lectern::HeadChoice)
