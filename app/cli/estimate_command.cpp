// lectern-cli estimate MODEL --plan P --context N: the memory a session will take.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "engine/run/memory_estimate.h"
#include "engine/run/settled_plan.h"

namespace lectern {

namespace {

Status estimate(CommandLine& line, const std::string& modelName)
{
    const auto model = openModel(line, modelName);
    if (!model)
        return failed(model);
    const DecoderSpec& spec = (*model)->model()->spec();
    const std::int64_t context = line.engine().context > 0 ? line.engine().context : spec.contextLength;
    const EngineSettings& asked = line.engine();
    const auto settled =
        settlePlan(*(*model)->model(), (*model)->plan(), asked.plan, asked.positions, asked.kvType, context);
    if (!settled)
        return failed(settled);
    const MemoryEstimate cost =
        estimateMemory(*(*model)->model(), settled->plan, KvLayouts(settled->types, spec.headDim), context,
                       SessionSettings().chunkTokens, settled->positions.anyDual());
    const Json json = {{"model", (*model)->name()},       {"plan", settled->plan.text}, {"positions", settled->plan.positions},
                       {"kv_type", settled->plan.kvTypes},
                       {"context", context},              {"weights_bytes", cost.weightsBytes},
                       {"kv_bytes", cost.kvBytes},        {"full_attention_kv_bytes", cost.fullAttentionKvBytes},
                       {"workspace_bytes", cost.workspaceBytes}, {"total_bytes", cost.totalBytes()},
                       {"available_bytes", cost.availableBytes}, {"fits", cost.fits()}};
    line.print(json, "weights " + humanBytes(cost.weightsBytes) + ", KV " + humanBytes(cost.kvBytes) + ", workspace " +
                         humanBytes(cost.workspaceBytes) + ": " + humanBytes(cost.totalBytes()) + " of " +
                         humanBytes(cost.availableBytes) + " available" + (cost.fits() ? "" : " - does not fit"));
    return {};
}

} // namespace

void addEstimateCommand(CommandLine& line)
{
    auto model = std::make_shared<std::string>();
    CLI::App* command = line.addCommand(line.root(), "estimate", "Memory that a session will take",
                                        [&line, model] { return estimate(line, *model); });
    command->add_option("model", *model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    line.addEngineOptions(*command);
}

} // namespace lectern
