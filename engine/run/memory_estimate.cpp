#include "engine/run/memory_estimate.h"

#include "engine/model/decoder.h"

namespace lectern {

MemoryEstimate estimateMemory(const Model& model, const LayerPlan& plan, const KvLayouts& layouts,
                              std::int64_t context, int chunkTokens, bool dualChunk)
{
    const DecoderSpec& spec = model.spec();
    MemoryEstimate estimate;
    estimate.weightsBytes = model.weights().bytes;
    estimate.kvBytes = planKvBytes(plan, layouts, context);
    estimate.fullAttentionKvBytes = fullAttentionKvBytes(spec.layers, model.kvShape(), layouts.full, context);
    estimate.workspaceBytes = activationBytes(spec, chunkTokens, dualChunk);
    for (const auto& heads : plan.layers)
        estimate.workspaceBytes += scratchKvBytes(heads, layouts, chunkTokens);
    estimate.availableBytes = availableMemoryBytes();
    return estimate;
}

} // namespace lectern
