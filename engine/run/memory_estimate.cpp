#include "engine/run/memory_estimate.h"

#include "engine/model/decoder.h"

namespace lectern {

MemoryEstimate estimateMemory(const Model& model, const LayerPlan& plan, const KvPageLayout& layout,
                              std::int64_t context, int chunkTokens)
{
    const DecoderSpec& spec = model.spec();
    MemoryEstimate estimate;
    estimate.weightsBytes = model.weights().bytes;
    estimate.kvBytes = planKvBytes(plan, layout, context);
    estimate.fullAttentionKvBytes = fullAttentionKvBytes(spec.layers, model.kvShape(), layout, context);
    estimate.workspaceBytes = activationBytes(spec, chunkTokens);
    for (int layer = 0; layer < spec.layers; ++layer)
        if (!plan.isFullLayer(layer))
            estimate.workspaceBytes += scratchKvBytes(model.kvShape(), layout, chunkTokens);
    estimate.availableBytes = availableMemoryBytes();
    return estimate;
}

} // namespace lectern
