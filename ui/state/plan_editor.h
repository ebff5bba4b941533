// A plan being changed head by head: what it keeps, what it would cost and how fast it should be. No window
// needed.
#pragma once

#include "app/worker/plan_price.h"

#include <QString>

namespace lectern {

class PlanEditor {
public:
    PlanEditor() = default;
    PlanEditor(const ModelFacts& model, const PlanPrice& inForce, const std::string& kvType,
               std::int64_t context);

    bool isEmpty() const { return m_plan.layers.empty(); }
    int layers() const { return m_plan.layerCount(); }
    int kvHeads() const { return isEmpty() ? 0 : int(m_plan.layers.front().size()); }
    const HeadPattern& pattern(int layer, int kvHead) const;
    bool isChanged() const { return m_plan.layers != m_original.layers; }
    const LayerPlan& plan() const { return m_plan; }

    // What a streaming head keeps: tokens from the start and tokens behind the query, in blocks of 64.
    void setStreaming(std::int64_t sink, std::int64_t window);
    std::int64_t sink() const { return m_sink; }
    std::int64_t window() const { return m_window; }
    void toggleHead(int layer, int kvHead); // full <-> streaming
    void toggleLayer(int layer);            // to full if any head streams, else to streaming
    void setAll(bool full);
    void reset();

    // The plan's string; for a plan whose layers mix heads there is none: it needs a file (planDocument()).
    QString text() const;
    bool needsDocument() const { return text().isEmpty(); }

    const Result<PlanPrice>& price() const { return m_price; }
    std::uint64_t originalKvBytes() const { return m_originalBytes; }
    // Tokens a second, from what was measured under a cache of `measuredKvBytes`: writing is bound by the
    // bytes that a step reads, the weights and the keys and values in view. 0 where nothing was measured.
    double predictedRate(double measuredRate, std::uint64_t measuredKvBytes) const;

private:
    void reprice();
    HeadPattern streaming() const;

    ModelFacts m_model;
    std::string m_kvType;
    std::int64_t m_context = 0;
    LayerPlan m_plan, m_original;
    std::int64_t m_sink = 64, m_window = 2048;
    Result<PlanPrice> m_price;
    std::uint64_t m_originalBytes = 0;
};

} // namespace lectern
