// lectern-cli plan explain PLAN --model M --context N
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "engine/kv/page_budget.h"

namespace lectern {

namespace {

struct PlanOptions {
    std::string plan, model;
    std::int64_t context = 32768;
};

Json layerJson(const LayerPlan& plan, int layer, const KvLayouts& layouts, std::int64_t context)
{
    Json heads = Json::array();
    std::int64_t kept = 0;
    const auto& patterns = plan.layers[static_cast<std::size_t>(layer)];
    for (std::size_t head = 0; head < patterns.size(); ++head) {
        heads.push_back({{"head", head},
                         {"pattern", describePattern(patterns[head])},
                         {"kv_type", kvTypeName(layouts.of(patterns[head]).type)}});
        kept = std::max(kept, std::min(context, pageBudget(patterns[head], context).total() * kPageTokens));
    }
    return {{"layer", layer},
            {"kind", plan.layerKind(layer)},
            {"heads", std::move(heads)},
            {"kept_tokens", kept},
            {"bytes", layerKvBytes(patterns, layouts, context)}};
}

std::string explainText(const Json& json)
{
    std::string text;
    for (const Json& layer : json["layers"])
        text += "layer " + layer["layer"].dump() + "  " + layer["kind"].get<std::string>() + "  " +
                layer["heads"][0]["pattern"].get<std::string>() + "  " + layer["kept_tokens"].dump() + " tokens, " +
                humanBytes(layer["bytes"].get<std::uint64_t>()) + "\n";
    char total[160];
    std::snprintf(total, sizeof total, "%s of %s with full attention: %.1f%% saved at %lld tokens\n",
                  humanBytes(json["bytes"].get<std::uint64_t>()).c_str(),
                  humanBytes(json["full_attention_bytes"].get<std::uint64_t>()).c_str(),
                  100.0 * json["saved_fraction"].get<double>(), static_cast<long long>(json["context"].get<std::int64_t>()));
    return text + total;
}

Status explain(CommandLine& line, const PlanOptions& options)
{
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto plan = parsePlan(options.plan, (*model)->model()->planShape(), (*model)->plan());
    if (!plan)
        return failed(plan);
    const auto types = kvTypesByName(line.engine().kvType);
    if (!types)
        return failed(types);
    const DecoderSpec& spec = (*model)->model()->spec();
    const KvLayouts layouts(*types, spec.headDim);
    const std::uint64_t bytes = planKvBytes(*plan, layouts, options.context);
    const std::uint64_t full =
        fullAttentionKvBytes(spec.layers, (*model)->model()->kvShape(), layouts.full, options.context);
    Json layers = Json::array();
    for (int layer = 0; layer < plan->layerCount(); ++layer)
        layers.push_back(layerJson(*plan, layer, layouts, options.context));
    const Json json = {{"plan", plan->text},
                       {"model", (*model)->name()},
                       {"context", options.context},
                       {"kv_type", kvTypesName(*types)},
                       {"layers", std::move(layers)},
                       {"bytes", bytes},
                       {"full_attention_bytes", full},
                       {"saved_fraction", full ? 1.0 - double(bytes) / double(full) : 0.0}};
    line.print(json, explainText(json));
    return {};
}

} // namespace

void addPlanCommand(CommandLine& line)
{
    auto options = std::make_shared<PlanOptions>();
    CLI::App* group = line.addCommand(line.root(), "plan", "Attention plans", {});
    CLI::App* command = line.addCommand(*group, "explain", "What each layer and head keeps, and what it costs",
                                        [&line, options] { return explain(line, *options); });
    command->add_option("plan", options->plan, "A plan string, or auto")->required();
    command->add_option("--model", options->model, "A GGUF file, mini (the default) or recall");
    line.addKvTypeOption(*command);
    command->add_option("--context", options->context, "Tokens")->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 30));
}

} // namespace lectern
