#include "engine/attention/layer_plan.h"

#include "engine/attention/plan_options.h"

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

Layers uniform(const PlanShape& shape, const HeadPattern& pattern)
{
    return Layers(static_cast<std::size_t>(shape.layers),
                  std::vector<HeadPattern>(static_cast<std::size_t>(shape.kvHeads), pattern));
}

std::set<int> middleThird(int layers)
{
    std::set<int> full;
    for (int layer = layers / 3; layer < layers - layers / 3; ++layer)
        full.insert(layer);
    return full;
}

Result<std::set<int>> fullLayers(PlanOptions& options, const PlanShape& shape)
{
    return options.has("full") ? options.layerList("full", shape.layers)
                               : Result<std::set<int>>(middleThird(shape.layers));
}

Result<Layers> makeFull(PlanOptions&, const PlanShape& shape)
{
    return uniform(shape, FullPattern{});
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

Result<Layers> makeWindow(PlanOptions& options, const PlanShape& shape)
{
    const auto pattern = sinkWindow(options, 4, 4096, 1);
    if (!pattern)
        return failed(pattern);
    return uniform(shape, *pattern);
}

Result<Layers> makeLongGen(PlanOptions& options, const PlanShape& shape)
{
    const auto full = fullLayers(options, shape);
    if (!full)
        return failed(full);
    const auto pattern = sinkWindow(options, 64, 2048, 64);
    if (!pattern)
        return failed(pattern);
    Layers layers = uniform(shape, *pattern);
    for (const int layer : *full)
        layers[static_cast<std::size_t>(layer)].assign(static_cast<std::size_t>(shape.kvHeads),
                                                       FullPattern{});
    return layers;
}

Result<Layers> makeLongGenBlock(PlanOptions& options, const PlanShape& shape)
{
    const auto full = fullLayers(options, shape);
    if (!full)
        return failed(full);
    const auto block = options.number("block", 64, 1);
    const auto local = options.number("local", 32, 1);
    const auto stride = options.number("stride", 64, 1);
    const auto offset = options.number("offset", 0, 0);
    const auto homogeneous = options.number("homo", 0, 0);
    for (const auto* value : {&block, &local, &stride, &offset, &homogeneous})
        if (!*value)
            return failed(*value);
    Layers layers = uniform(shape, FullPattern{});
    const std::int64_t step = std::max<std::int64_t>(1, *stride / std::max(shape.queryHeads, shape.kvHeads));
    for (int layer = 0; layer < shape.layers; ++layer) {
        if (full->count(layer))
            continue;
        for (int head = 0; head < shape.kvHeads; ++head) {
            const std::int64_t phase = ((*homogeneous ? 0 : head * step) + *offset) % *stride;
            layers[static_cast<std::size_t>(layer)][static_cast<std::size_t>(head)] =
                StridedBlocksPattern{*block, *local, *stride, phase};
        }
    }
    return layers;
}

void keepOwnWindows(Layers& layers, const PlanShape& shape)
{
    for (std::size_t layer = 0; layer < std::min(layers.size(), shape.windows.size()); ++layer)
        if (shape.windows[layer] > 0)
            layers[layer].assign(layers[layer].size(), SinkWindowPattern{0, 1, shape.windows[layer]});
}

struct PlanKind {
    const char* name;
    Result<Layers> (*make)(PlanOptions&, const PlanShape&);
};

constexpr PlanKind kPlanKinds[] = {
    {"full", makeFull},
    {"longgen", makeLongGen},
    {"longgen-block", makeLongGenBlock},
    {"window", makeWindow},
};

} // namespace

Result<LayerPlan> parsePlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan)
{
    if (text.empty() || text == "auto")
        return parsePlan(modelPlan.empty() || modelPlan == "auto" ? "full" : modelPlan, shape, {});
    auto options = PlanOptions::parse(text);
    if (!options)
        return failed(options);
    for (const PlanKind& kind : kPlanKinds) {
        if (options->name() != kind.name)
            continue;
        auto layers = kind.make(*options, shape);
        if (!layers)
            return failed(layers);
        keepOwnWindows(*layers, shape);
        if (auto unused = options->refuseUnused(); !unused)
            return failed(unused);
        return LayerPlan{text, std::move(*layers)};
    }
    return fail(ErrorCode::Usage, "There is no attention plan called \"" + options->name() + "\".",
                "Use auto, full, longgen, longgen-block or window, with options after a colon.");
}

} // namespace lectern
