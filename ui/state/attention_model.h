// What the attention view shows of the newest snapshot: thumbnails in a chosen order, one head large, and
// values under a cursor in tokens. No window needed. GUI thread.
#pragma once

#include "engine/telemetry/attention_view.h"
#include "ui/common/selection.h"
#include "ui/state/recording.h"

#include <QObject>
#include <QString>

#include <vector>

namespace lectern {

enum class HeatRange { Linear, SquareRoot, Logarithmic };
enum class HeadOrder { ByLayer, ByDistantMass, BySinkMass };
// Which heads the atlas shows when it is sorted: all, or those that look far (much mass beyond a window), or
// not.
enum class HeadFilter { All, Far, Near };

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
    std::int64_t query = 0;                // token position of the row
    std::int64_t keyBegin = 0, keyEnd = 0; // tokens of the column, [begin, end)
    double mass = 0;
};

class AttentionModel : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void setSnapshot(AttentionSnapshotPtr snapshot); // nullptr clears, the recording too
    void addUsage(const KvUsage& usage) { m_recording.add(usage); }
    const AttentionSnapshotPtr& snapshot() const { return m_snapshot; }
    bool isEmpty() const { return !m_snapshot || m_snapshot->thumbnails.empty(); }
    int layers() const { return m_snapshot ? m_snapshot->layers : 0; }
    int heads() const { return m_snapshot ? m_snapshot->heads : 0; }
    const AttentionThumbnail* thumbnail(HeadChoice head) const; // nullptr if absent
    HeadChoice
    farthestLooking() const; // the head with most mass beyond start and window; invalid without heads
    const AttentionMap* map(HeadChoice head) const; // nullptr until the engine sends it
    // While paused, snapshots are recorded but not shown; the newest one shows on resuming.
    void setPaused(bool paused);
    bool isPaused() const { return m_paused; }
    const Recording& recording() const { return m_recording; }
    // Shows a recorded step and pauses; the last one resumes.
    void showStep(int index);
    int step() const { return m_step; }                 // -1 without a recording
    void setRecording(std::vector<RecordedStep> steps); // of a capture file; shows the last step
    // The share of attention of a head that a window would lose; -1 if unknown.
    double retrievalScore(HeadChoice head) const;
    void setFilter(HeadFilter filter);
    HeadFilter filter() const { return m_filter; }

    void setOrder(HeadOrder order);
    HeadOrder order() const { return m_order; }
    const std::vector<HeadChoice>& orderedHeads() const { return m_ordered; }

signals:
    void changed();
    void stepChanged(); // another step is shown, or there are more
    void pausedChanged(bool paused);

private:
    void sortHeads();
    void show(AttentionSnapshotPtr snapshot);

    Recording m_recording;
    AttentionSnapshotPtr m_snapshot;
    std::vector<HeadChoice> m_ordered;
    HeadOrder m_order = HeadOrder::ByLayer;
    HeadFilter m_filter = HeadFilter::All;
    int m_step = -1;
    bool m_paused = false;
};

constexpr double kFarScore = 0.1; // of a head that counts as far-looking

// Where a head's attention goes by distance: band i holds the mass between 64 * 2^(i-1) and 64 * 2^i tokens
// back (band 0: the 64 nearest), mean over the map's queries. The first column apart, as `sink`.
struct DistanceProfile {
    std::vector<double> bands;
    double sink = 0;
};
DistanceProfile distanceProfile(const AttentionMap& map);
QString distanceBandName(int band); // "under 64", "64 to 128", ...

// The cell's tokens and mass; row and col must exist.
HeatCell cellOf(const AttentionMap& map, int row, int col);
// The mass that 99.5 % of the cells stay below, without the first column where `skipSink`; at least 1e-6.
double fittingTop(const AttentionMap& map, bool skipSink);
// Whether the keys lie after the query: it can not see them.
bool isAhead(const AttentionMap& map, int row, int col);

} // namespace lectern

Q_DECLARE_METATYPE(lectern::HeadChoice)
