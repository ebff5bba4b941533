#include "app/worker/plan_price.h"

#include "engine/kv/page_budget.h"
#include "engine/plan/plan_reader.h"
#include "engine/run/engine_session.h"
#include "engine/run/memory_estimate.h"

namespace lectern {

Result<PlanPrice> pricePlan(const ModelFacts& model, LayerPlan plan, const std::string& kvType,
                            std::int64_t context)
{
    const auto types = kvTypesFor(kvType, plan);
    if (!types)
        return failed(types);
    if (plan.layerCount() != model.layers)
        return fail(ErrorCode::Usage,
                    "The plan is for " + std::to_string(plan.layerCount()) + " layers; " + model.name +
                        " has " + std::to_string(model.layers) + ".",
                    "Choose a plan made for this model.");
    const KvLayouts layouts(*types, model.headDim);
    const KvShape shape{model.kvHeads, model.headDim};
    PlanPrice price;
    price.weightsBytes = model.weightsBytes;
    price.workspaceBytes = model.activationBytes;
    price.availableBytes = availableMemoryBytes();
    price.fullAttentionKvBytes = fullAttentionKvBytes(model.layers, shape, layouts.full, context);
    const int chunk = SessionSettings{}.chunkTokens;
    for (int layer = 0; layer < plan.layerCount(); ++layer) {
        price.layerBytes.push_back(layerKvBytes(plan.layers[std::size_t(layer)], layouts, context));
        price.kvBytes += price.layerBytes.back();
        price.workspaceBytes += scratchKvBytes(plan.layers[std::size_t(layer)], layouts, chunk);
    }
    price.bytesPerStep = price.weightsBytes + price.kvBytes;
    price.plan = std::move(plan);
    return price;
}

Result<PlanPrice> pricePlan(const ModelFacts& model, const std::string& plan, const std::string& kvType,
                            std::int64_t context)
{
    auto parsed = readPlan(plan, {model.layers, model.kvHeads, model.heads, model.windows}, model.ownPlan);
    if (!parsed)
        return failed(parsed);
    return pricePlan(model, std::move(*parsed), kvType, context);
}

} // namespace lectern
