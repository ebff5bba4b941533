// lectern-cli plan explain PLAN --model M --context N
// lectern-cli plan save PLAN FILE --model M
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "engine/kv/page_budget.h"
#include "engine/plan/plan_json.h"
#include "engine/run/settled_plan.h"

namespace lectern {

namespace {

struct PlanArguments {
    std::string plan, model, file;
    std::int64_t context = 32768;
};

// A plan as it would run on a model.
struct OpenedPlan {
    std::shared_ptr<const LoadedModel> model;
    LayerPlan plan; // positions and KV types settled
    KvTypes types;
};

Result<OpenedPlan> openPlan(const CommandLine& line, const PlanArguments& arguments)
{
    const auto model = openModel(line, arguments.model);
    if (!model)
        return failed(model);
    auto settled = settlePlan(*(*model)->model(), (*model)->plan(), arguments.plan, line.engine().positions,
                              line.engine().kvType, arguments.context);
    if (!settled)
        return failed(settled);
    return OpenedPlan{*model, std::move(settled->plan), settled->types};
}

std::int64_t keptTokens(const HeadPattern& pattern, std::int64_t context)
{
    return std::min(context, pageBudget(pattern, context).total() * kPageTokens);
}

Json layerJson(const LayerPlan& plan, int layer, const KvLayouts& layouts, std::int64_t context)
{
    Json heads = Json::array();
    std::int64_t kept = 0;
    const auto& patterns = plan.layers[static_cast<std::size_t>(layer)];
    for (std::size_t head = 0; head < patterns.size(); ++head) {
        const HeadPattern& pattern = patterns[head];
        heads.push_back({{"head", head},
                         {"pattern", describePattern(pattern)},
                         {"kv_type", kvTypeName(layouts.of(pattern).type)},
                         {"kept_tokens", keptTokens(pattern, context)},
                         {"bytes", layerKvBytes({pattern}, layouts, context)}});
        kept = std::max(kept, keptTokens(pattern, context));
    }
    return {{"layer", layer},
            {"kind", plan.layerKind(layer)},
            {"heads", std::move(heads)},
            {"full_heads", std::count_if(patterns.begin(), patterns.end(), isFull)},
            {"kept_tokens", kept},
            {"bytes", layerKvBytes(patterns, layouts, context)}};
}

// "2 heads (0, 3): all keys; 6 heads: ..." - heads of one pattern together, in order of their first.
std::string headsText(const Json& heads)
{
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const Json& head : heads) {
        const std::string what = head["pattern"].get<std::string>() + ", " + head["kept_tokens"].dump() +
                                 " tokens, " + humanBytes(head["bytes"].get<std::uint64_t>()) + " " +
                                 head["kv_type"].get<std::string>();
        const auto same = [&](const auto& group) { return group.first == what; };
        auto found = std::find_if(groups.begin(), groups.end(), same);
        if (found == groups.end())
            found = groups.insert(groups.end(), {what, {}});
        found->second.push_back(head["head"].dump());
    }
    std::string text;
    for (const auto& [what, members] : groups) {
        std::string names;
        for (const std::string& member : members)
            names += (names.empty() ? "" : ", ") + member;
        const bool all = groups.size() == 1;
        text += "    " + (all ? "every head" : (members.size() == 1 ? "head " : "heads ") + names) + ": " +
                what + "\n";
    }
    return text;
}

std::string explainText(const Json& json)
{
    std::string text = "plan " + json["plan"].get<std::string>() + ", positions " +
                       json["positions"].get<std::string>() + "\n";
    for (const Json& layer : json["layers"])
        text += "layer " + layer["layer"].dump() + "  " + layer["kind"].get<std::string>() + "  " +
                humanBytes(layer["bytes"].get<std::uint64_t>()) + "\n" + headsText(layer["heads"]);
    char total[240];
    std::snprintf(
        total, sizeof total,
        "%s of %s with full attention: %.1f%% saved at %lld tokens; %lld of %lld KV heads keep everything\n",
        humanBytes(json["bytes"].get<std::uint64_t>()).c_str(),
        humanBytes(json["full_attention_bytes"].get<std::uint64_t>()).c_str(),
        100.0 * json["saved_fraction"].get<double>(),
        static_cast<long long>(json["context"].get<std::int64_t>()),
        static_cast<long long>(json["full_heads"].get<std::int64_t>()),
        static_cast<long long>(json["heads"].get<std::int64_t>()));
    return text + total;
}

Status explain(CommandLine& line, const PlanArguments& arguments)
{
    const auto opened = openPlan(line, arguments);
    if (!opened)
        return failed(opened);
    const LayerPlan& plan = opened->plan;
    const Model& model = *opened->model->model();
    const KvLayouts layouts(opened->types, model.spec().headDim);
    const std::uint64_t bytes = planKvBytes(plan, layouts, arguments.context);
    const std::uint64_t full =
        fullAttentionKvBytes(model.spec().layers, model.kvShape(), layouts.full, arguments.context);
    Json layers = Json::array();
    std::int64_t fullHeads = 0, heads = 0;
    for (int layer = 0; layer < plan.layerCount(); ++layer) {
        layers.push_back(layerJson(plan, layer, layouts, arguments.context));
        fullHeads += layers.back()["full_heads"].get<std::int64_t>();
        heads += static_cast<std::int64_t>(layers.back()["heads"].size());
    }
    const Json json = {{"plan", plan.text},
                       {"positions", plan.positions},
                       {"model", opened->model->name()},
                       {"context", arguments.context},
                       {"kv_type", plan.kvTypes},
                       {"layers", std::move(layers)},
                       {"heads", heads},
                       {"full_heads", fullHeads},
                       {"streaming_fraction", heads ? 1.0 - double(fullHeads) / double(heads) : 0.0},
                       {"bytes", bytes},
                       {"full_attention_bytes", full},
                       {"saved_fraction", full ? 1.0 - double(bytes) / double(full) : 0.0}};
    line.print(json, explainText(json));
    return {};
}

Status save(CommandLine& line, const PlanArguments& arguments)
{
    const auto opened = openPlan(line, arguments);
    if (!opened)
        return failed(opened);
    if (auto written = writeFile(arguments.file, planToJson(opened->plan, true) + "\n"); !written)
        return written;
    line.print({{"file", arguments.file}, {"plan", opened->plan.text}}, "Saved " + opened->plan.text +
                                                                            " for " + opened->model->name() +
                                                                            " in " + arguments.file + ".");
    return {};
}

void addChoices(CommandLine& line, CLI::App& command, PlanArguments& arguments)
{
    command.add_option("--model", arguments.model, "A model file, mini (the default) or recall");
    line.addPositionsOption(command);
    line.addKvTypeOption(command);
    command.add_option("--context", arguments.context, "Tokens")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 30));
}

} // namespace

void addPlanCommand(CommandLine& line)
{
    auto arguments = std::make_shared<PlanArguments>();
    CLI::App* group = line.addCommand(line.root(), "plan", "Attention plans", {});
    CLI::App* explained =
        line.addCommand(*group, "explain", "What each layer and head keeps, and what it costs",
                        [&line, arguments] { return explain(line, *arguments); });
    explained->add_option("plan", arguments->plan, "A plan: " + planNames() + ", or FILE.json")->required();
    addChoices(line, *explained, *arguments);
    CLI::App* saved = line.addCommand(*group, "save", "Write a plan as a document that can be edited",
                                      [&line, arguments] { return save(line, *arguments); });
    saved->add_option("plan", arguments->plan, "A plan: " + planNames() + ", or FILE.json")->required();
    saved->add_option("file", arguments->file, "Where to write it: FILE.json")->required();
    addChoices(line, *saved, *arguments);
}

} // namespace lectern
