// What a plan keeps and what a session under it takes, for an opened model: computed at once in any thread,
// without the model itself, so that a window can show it while a plan is being changed. Bytes are those the
// cache will allocate (engine/kv/page_budget.h).
#pragma once

#include "app/worker/values.h"
#include "engine/attention/layer_plan.h"

namespace lectern {

struct PlanPrice {
    LayerPlan plan;
    std::vector<std::uint64_t> layerBytes;
    std::uint64_t kvBytes = 0, fullAttentionKvBytes = 0;
    std::uint64_t weightsBytes = 0, workspaceBytes = 0;
    std::uint64_t availableBytes = 0; // memory the system has left now; 0: not known
    // What one step of writing reads at the end of the context: all weights and the keys and values in view.
    std::uint64_t bytesPerStep = 0;
    std::uint64_t totalBytes() const { return weightsBytes + kvBytes + workspaceBytes; }
    bool fits() const { return availableBytes == 0 || totalBytes() <= availableBytes; }
};

// Errors: those of the plan's string or of the KV type.
Result<PlanPrice> pricePlan(const ModelFacts& model, const std::string& plan, const std::string& kvType,
                            std::int64_t context);
// The same for a plan made by hand; it must have the model's layers and KV heads.
Result<PlanPrice> pricePlan(const ModelFacts& model, LayerPlan plan, const std::string& kvType,
                            std::int64_t context);

} // namespace lectern
