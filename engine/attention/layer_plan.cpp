#include "engine/attention/layer_plan.h"

#include "engine/attention/plan_options.h"

#include <algorithm>
#include <set>

namespace lectern {

bool LayerPlan::isFullLayer(int layer) const
{
    const auto& heads = layers[static_cast<std::size_t>(layer)];
    return std::all_of(heads.begin(), heads.end(), isFull);
}

std::string LayerPlan::layerKind(int layer) const
{
    const auto& heads = layers[static_cast<std::size_t>(layer)];
    const std::string first = patternKind(heads.front());
    for (const HeadPattern& head : heads)
        if (patternKind(head) != first)
            return "mixed";
    return first;
}

namespace {

using Layers = std::vector<std::vector<HeadPattern>>;

struct Request {
    PlanOptions& options;
    const PlanShape& shape;
    const DuoReader& readGates;
};

Layers uniform(const PlanShape& shape, const HeadPattern& pattern)
{
    return Layers(static_cast<std::size_t>(shape.layers),
                  std::vector<HeadPattern>(static_cast<std::size_t>(shape.kvHeads), pattern));
}

constexpr const char* kPlaces[] = {"middle", "top", "bottom", "interleaved"};

// `count` layers at one of the places; "top" is next to the output.
std::set<int> placed(const std::string& place, int count, int layers)
{
    std::set<int> full;
    if (place == "interleaved") {
        for (int layer = 0; layer < layers; ++layer)
            if ((layer + 1) * count / layers > layer * count / layers)
                full.insert(layer);
        return full;
    }
    const int first = place == "middle" ? (layers - count) / 2 : place == "top" ? layers - count : 0;
    for (int layer = first; layer < first + count; ++layer)
        full.insert(layer);
    return full;
}

// full=LIST, or full=PLACE and count=N.
Result<std::set<int>> fullLayers(PlanOptions& options, const PlanShape& shape)
{
    const std::string where = options.text("full", "middle");
    if (std::find(std::begin(kPlaces), std::end(kPlaces), where) == std::end(kPlaces))
        return options.layerList("full", shape.layers);
    const auto count = options.number("count", shape.layers - 2 * (shape.layers / 3), 0);
    if (!count)
        return failed(count);
    if (*count > shape.layers)
        return fail(ErrorCode::Usage,
                    "The plan's count=" + std::to_string(*count) + " is more than the model's " +
                        std::to_string(shape.layers) + " layers.",
                    "Choose fewer full layers.");
    return placed(where, static_cast<int>(*count), shape.layers);
}

Result<Layers> makeFull(const Request& request)
{
    return uniform(request.shape, FullPattern{});
}

// sink and window in tokens; block in tokens (1 counts the window token by token).
Result<SinkWindowPattern> sinkWindow(PlanOptions& options, std::int64_t sink, std::int64_t window,
                                     std::int64_t block)
{
    const auto sinkTokens = options.number("sink", sink, 0);
    const auto windowTokens = options.number("window", window, 1);
    const auto blockTokens = options.number("block", block, 1);
    for (const auto* value : {&sinkTokens, &windowTokens, &blockTokens})
        if (!*value)
            return failed(*value);
    if (*windowTokens % *blockTokens != 0)
        return fail(ErrorCode::Usage,
                    "The plan's window of " + std::to_string(*windowTokens) +
                        " tokens is not a multiple of its block of " + std::to_string(*blockTokens) + ".",
                    "Choose a window that is a multiple of the block.");
    return SinkWindowPattern{*sinkTokens, *blockTokens, *windowTokens / *blockTokens};
}

Result<Layers> makeWindow(const Request& request)
{
    const auto pattern = sinkWindow(request.options, 4, 4096, 1);
    if (!pattern)
        return failed(pattern);
    return uniform(request.shape, *pattern);
}

// The pattern of DuoAttention's streaming heads; `sinkKey` names its sink beside that of another pattern.
Result<HeadPattern> streamingHead(PlanOptions& options, const char* sinkKey)
{
    const char* const meanings[] = {"window", "chunk"};
    const auto prefill = options.word("prefill", "window", meanings);
    const auto sink = options.number(sinkKey, 64, 0);
    const auto recent = options.number("recent", 256, 1);
    if (!prefill)
        return failed(prefill);
    for (const auto* value : {&sink, &recent})
        if (!*value)
            return failed(*value);
    if (*prefill == "window")
        return SinkWindowPattern{*sink, 1, *recent};
    const auto chunk = options.number("chunk", 32000, 1);
    if (!chunk)
        return failed(chunk);
    return SinkChunkPattern{*sink, *recent, *chunk};
}

Result<DuoGates> gatesFor(const Request& request, const std::string& path)
{
    if (path.empty() || !request.readGates)
        return fail(ErrorCode::Usage, "The plan names no DuoAttention pattern folder that can be read here.",
                    "Write duo:FOLDER.");
    auto gates = request.readGates(path);
    if (!gates)
        return gates;
    const auto layers = gates->gates.size();
    const std::size_t heads = gates->gates.empty() ? 0 : gates->gates.front().size();
    if (layers != static_cast<std::size_t>(request.shape.layers) ||
        heads != static_cast<std::size_t>(request.shape.kvHeads))
        return fail(
            ErrorCode::Usage,
            "The DuoAttention pattern has " + std::to_string(layers) + " layers of " + std::to_string(heads) +
                " KV heads" + (gates->model.empty() ? "" : " (" + gates->model + ")") + ", the model has " +
                std::to_string(request.shape.layers) + " of " + std::to_string(request.shape.kvHeads) + ".",
            "Use a pattern that was made for this model.");
    return gates;
}

// Splits the heads of the layers `full`: what the gates say counts among those layers.
Status splitLayers(const Request& request, const std::string& path, const char* sinkKey,
                   const std::set<int>& full, Layers& layers)
{
    const auto sparsity = request.options.real("sparsity", 0.5, 0, 1);
    const char* const tieWords[] = {"break", "keep"};
    const auto ties = request.options.word("ties", "break", tieWords);
    const auto streaming = streamingHead(request.options, sinkKey);
    const auto gates = gatesFor(request, path);
    if (!sparsity)
        return failed(sparsity);
    if (!ties)
        return failed(ties);
    if (!streaming)
        return failed(streaming);
    if (!gates)
        return failed(gates);
    std::vector<std::vector<double>> rows;
    for (const int layer : full)
        rows.push_back(gates->gates[static_cast<std::size_t>(layer)]);
    const DuoSplit split = splitHeads(rows, *sparsity, *ties == "keep" ? DuoTies::Keep : DuoTies::Break);
    std::size_t row = 0;
    for (const int layer : full) {
        const std::vector<bool>& retrieval = split.full[row++];
        for (std::size_t head = 0; head < retrieval.size(); ++head)
            layers[static_cast<std::size_t>(layer)][head] =
                retrieval[head] ? HeadPattern(FullPattern{}) : *streaming;
    }
    return {};
}

Result<Layers> makeDuo(const Request& request)
{
    Layers layers = uniform(request.shape, FullPattern{});
    const std::set<int> all = placed("bottom", request.shape.layers, request.shape.layers);
    if (auto split = splitLayers(request, request.options.lead(), "sink", all, layers); !split)
        return failed(split);
    return layers;
}

// Makes the full layers of `layers` full, or DuoAttention's where duo=PATH asks for it.
Result<Layers> withFullLayers(const Request& request, Layers layers)
{
    const auto full = fullLayers(request.options, request.shape);
    if (!full)
        return failed(full);
    for (const int layer : *full)
        layers[static_cast<std::size_t>(layer)].assign(static_cast<std::size_t>(request.shape.kvHeads),
                                                       FullPattern{});
    if (request.options.has("duo")) {
        const std::string path = request.options.text("duo", "");
        if (auto split = splitLayers(request, path, "duo-sink", *full, layers); !split)
            return failed(split);
    }
    return layers;
}

Result<Layers> makeLongGen(const Request& request)
{
    const auto pattern = sinkWindow(request.options, 64, 2048, 64);
    if (!pattern)
        return failed(pattern);
    return withFullLayers(request, uniform(request.shape, *pattern));
}

Result<Layers> makeLongGenBlock(const Request& request)
{
    PlanOptions& options = request.options;
    const PlanShape& shape = request.shape;
    const auto block = options.number("block", 64, 1);
    const auto local = options.number("local", 32, 1);
    const auto stride = options.number("stride", 64, 1);
    const auto offset = options.number("offset", 0, 0);
    const auto homogeneous = options.number("homo", 0, 0);
    for (const auto* value : {&block, &local, &stride, &offset, &homogeneous})
        if (!*value)
            return failed(*value);
    const std::int64_t step = std::max<std::int64_t>(1, *stride / std::max(shape.queryHeads, shape.kvHeads));
    std::vector<HeadPattern> heads;
    for (int head = 0; head < shape.kvHeads; ++head) {
        const std::int64_t phase = ((*homogeneous ? 0 : head * step) + *offset) % *stride;
        heads.push_back(StridedBlocksPattern{*block, *local, *stride, phase});
    }
    return withFullLayers(request, Layers(static_cast<std::size_t>(shape.layers), heads));
}

void keepOwnWindows(Layers& layers, const PlanShape& shape)
{
    for (std::size_t layer = 0; layer < std::min(layers.size(), shape.windows.size()); ++layer)
        if (shape.windows[layer] > 0)
            layers[layer].assign(layers[layer].size(), SinkWindowPattern{0, 1, shape.windows[layer]});
}

// kv-full=TYPE and kv-window=TYPE, as --kv-type writes them.
std::string kvTypesOf(PlanOptions& options)
{
    std::string types;
    for (const std::string heads : {"full", "window"}) {
        const std::string type = options.text("kv-" + heads, "");
        if (type.empty())
            continue;
        if (!types.empty())
            types += ',';
        types.append(heads).append(1, '=').append(type);
    }
    return types;
}

struct PlanKind {
    const char* name;
    OptionsLead lead;
    Result<Layers> (*make)(const Request&);
};

constexpr PlanKind kPlanKinds[] = {
    {"full", OptionsLead::None, makeFull},
    {"longgen", OptionsLead::None, makeLongGen},
    {"longgen-block", OptionsLead::None, makeLongGenBlock},
    {"window", OptionsLead::None, makeWindow},
    {"duo", OptionsLead::Path, makeDuo},
};

} // namespace

std::string planNames()
{
    std::string names = "auto";
    for (const PlanKind& kind : kPlanKinds)
        names += std::string(", ") + kind.name;
    return names;
}

Result<LayerPlan> parsePlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan,
                            const DuoReader& readGates)
{
    if (text.empty() || text == "auto")
        return parsePlan(modelPlan.empty() || modelPlan == "auto" ? "full" : modelPlan, shape, {}, readGates);
    const std::string name = text.substr(0, text.find(':'));
    for (const PlanKind& kind : kPlanKinds) {
        if (name != kind.name)
            continue;
        auto options = PlanOptions::parse(text, "plan", kind.lead);
        if (!options)
            return failed(options);
        LayerPlan plan;
        plan.text = text;
        plan.kvTypes = kvTypesOf(*options);
        auto layers = kind.make({*options, shape, readGates});
        if (!layers)
            return failed(layers);
        keepOwnWindows(*layers, shape);
        if (auto unused = options->refuseUnused(); !unused)
            return failed(unused);
        plan.layers = std::move(*layers);
        return plan;
    }
    return fail(ErrorCode::Usage, "There is no attention plan called \"" + name + "\".",
                "Use " + planNames() + " or a saved plan (FILE.json), with options after a colon.");
}

} // namespace lectern
