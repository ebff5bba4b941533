#include "engine/attention/positions.h"

#include "engine/attention/plan_options.h"

#include <cmath>

namespace lectern {

namespace {

constexpr double kMostFactor = 1e6;
constexpr const char* kSubject = "position method";

std::string numberText(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

struct Request {
    PlanOptions& options;
    const ModelPositions& model;
    const LayerPlan& plan;
    std::int64_t context;

    // The context that the model's frequencies were trained for.
    double trainedContext() const
    {
        return model.rope.scaling.originalContext > 0 ? model.rope.scaling.originalContext
                                                      : double(model.contextLength);
    }
    // The model's rotary positions without any scaling.
    RopeSettings plainRope() const
    {
        RopeSettings rope;
        rope.layout = model.rope.layout;
        rope.dimensions = model.rope.dimensions;
        rope.base = model.rope.base;
        return rope;
    }
};

struct Method {
    std::string text;
    LayerPositions positions;
    std::optional<std::set<int>> layers; // the others count as the model does
};

bool scalesItself(const RopeSettings& rope)
{
    return rope.scaling.kind != RopeScalingKind::None || rope.positionScale != 1 || !rope.divisors.empty();
}

tl::unexpected<Error> scalingWithDualChunk(const std::string& what)
{
    return fail(ErrorCode::Usage,
                "Rope scaling is not supported while using Dual Chunk Attention, and " + what + ".",
                "Use one of the two.");
}

Result<DualChunk> checkedDualChunk(const DualChunk& dual, const ModelPositions& model)
{
    if (model.contextLength > 0 && dual.farthest > model.contextLength)
        return fail(ErrorCode::Usage,
                    "Dual Chunk Attention would count positions up to " + std::to_string(dual.farthest) +
                        ", but the model was made for " + std::to_string(model.contextLength) + ".",
                    "Choose a smaller chunk.");
    return dual;
}

Result<LayerPositions> ofModel(const ModelPositions& model)
{
    LayerPositions positions;
    positions.rope = model.rope;
    positions.turnedWhenRead = model.rope.scaling.kind == RopeScalingKind::Dynamic;
    if (!model.dualChunk)
        return positions;
    if (scalesItself(model.rope))
        return scalingWithDualChunk("the model file asks for both");
    const auto dual =
        checkedDualChunk(DualChunk::ofCode(model.dualChunk->chunkSize, model.dualChunk->localSize), model);
    if (!dual)
        return failed(dual);
    positions.dual = *dual;
    positions.lengthOriginal = double(model.dualChunk->originalContext);
    positions.lengthScale = positions.lengthOriginal > 0 ? LengthScale::Qwen : LengthScale::None;
    return positions;
}

Result<Method> useModel(const Request& request)
{
    auto positions = ofModel(request.model);
    if (!positions)
        return failed(positions);
    return Method{"model", std::move(*positions), {}};
}

// The factor that stands behind the method's name.
Result<double> factorOf(const Request& request, std::optional<double> fallback)
{
    const std::string& lead = request.options.lead();
    if (lead.empty() && fallback)
        return *fallback;
    const auto factor = realNumber(lead);
    if (!factor || *factor < 1 || *factor > kMostFactor)
        return fail(ErrorCode::Usage,
                    "The position method " + request.options.name() + " needs a factor from 1 to 1000000" +
                        (lead.empty() ? "." : ", not \"" + lead + "\"."),
                    "Write, for example, " + request.options.name() + ":4.");
    return *factor;
}

Result<Method> useLinear(const Request& request)
{
    const auto factor = factorOf(request, {});
    if (!factor)
        return failed(factor);
    Method method{"linear:" + numberText(*factor), {}, {}};
    method.positions.rope = request.plainRope();
    method.positions.rope.positionScale = 1 / *factor;
    return method;
}

Result<Method> useScaling(const Request& request, RopeScalingKind kind, std::optional<double> fallback)
{
    const auto factor = factorOf(request, fallback);
    if (!factor)
        return failed(factor);
    Method method{request.options.name() + ":" + numberText(*factor), {}, {}};
    RopeSettings& rope = method.positions.rope;
    rope = request.plainRope();
    rope.scaling.kind = kind;
    rope.scaling.factor = *factor;
    rope.scaling.originalContext = request.trainedContext();
    if (kind == RopeScalingKind::Yarn)
        rope.scaling.magnitude = yarnMagnitude(*factor);
    method.positions.turnedWhenRead = kind == RopeScalingKind::Dynamic;
    return method;
}

Result<Method> useNtk(const Request& request)
{
    return useScaling(request, RopeScalingKind::Ntk, {});
}

Result<Method> useDynamic(const Request& request)
{
    return useScaling(request, RopeScalingKind::Dynamic, 1.0);
}

Result<Method> useYarn(const Request& request)
{
    return useScaling(request, RopeScalingKind::Yarn, {});
}

Result<Method> useE2(const Request& request)
{
    const std::int64_t trained = std::max<std::int64_t>(1, std::int64_t(request.trainedContext()));
    const auto window = request.options.number("window", trained, 1);
    if (!window)
        return failed(window);
    const std::string& lead = request.options.lead();
    const std::string suffix = *window == trained ? "" : ",window=" + std::to_string(*window);
    Method method{"e2:grow" + suffix, {}, {}};
    RopeSettings& rope = method.positions.rope;
    rope = request.plainRope();
    if (lead == "grow") {
        rope.scaling.kind = RopeScalingKind::E2;
        rope.scaling.originalContext = double(*window);
        method.positions.turnedWhenRead = true;
        return method;
    }
    const bool automatic = lead.empty() || lead == "auto";
    const auto chosen = automatic
                            ? std::optional(std::int64_t(e2Scale(double(request.context), double(*window))))
                            : wholeNumber(lead);
    if (!chosen || *chosen < 1)
        return fail(ErrorCode::Usage,
                    "The position method e2 needs a whole scale of at least 1, not \"" + lead + "\".",
                    "Write e2:8, e2 for a scale that fits the context, or e2:grow.");
    method.text = "e2:" + std::to_string(*chosen) + suffix;
    rope.positionScale = 1.0 / double(*chosen);
    return method;
}

// chunk and local where the method's text does not say them.
DualChunkConfig dualChunkDefaults(const Request& request, bool paper)
{
    if (request.model.dualChunk && !paper)
        return *request.model.dualChunk;
    const auto context = std::int64_t(request.trainedContext());
    const std::int64_t chunk = 3 * context / 4;
    return DualChunkConfig{chunk, paper ? context - chunk : context / 8, 0};
}

Result<DualChunk> readDualChunk(const Request& request, bool paper, const DualChunkConfig& defaults)
{
    const auto chunk = request.options.number("chunk", defaults.chunkSize, 1);
    const auto local = request.options.number("local", defaults.localSize, paper ? 1 : 0);
    for (const auto* value : {&chunk, &local})
        if (!*value)
            return failed(*value);
    if (paper ? *local > *chunk : *local >= *chunk)
        return fail(ErrorCode::Usage,
                    "Dual Chunk Attention's local=" + std::to_string(*local) + " is " +
                        (paper ? "more" : "not less") + " than its chunk=" + std::to_string(*chunk) + ".",
                    "Choose a larger chunk or a smaller local.");
    return checkedDualChunk(paper ? DualChunk::ofPaper(*chunk, *local) : DualChunk::ofCode(*chunk, *local),
                            request.model);
}

Status readLengthScale(const Request& request, const DualChunkConfig& defaults, LayerPositions& positions)
{
    const char* const forms[] = {"none", "chunkllama", "qwen"};
    const auto form = request.options.word("mscale", defaults.originalContext > 0 ? "qwen" : "none", forms);
    if (!form)
        return failed(form);
    const auto context = std::max<std::int64_t>(1, std::int64_t(request.trainedContext()));
    const auto original = request.options.number(
        "original", defaults.originalContext > 0 ? defaults.originalContext : context, 1);
    if (!original)
        return failed(original);
    if (*form == "none")
        return {};
    positions.lengthScale = *form == "qwen" ? LengthScale::Qwen : LengthScale::ChunkLlama;
    positions.lengthOriginal = double(*original);
    return {};
}

Result<Method> useDualChunk(const Request& request)
{
    if (scalesItself(request.model.rope))
        return scalingWithDualChunk("the model scales its positions already");
    const char* const variants[] = {"code", "paper"};
    const auto variant = request.options.word("variant", "code", variants);
    if (!variant)
        return failed(variant);
    const bool paper = *variant == "paper";
    const DualChunkConfig defaults = dualChunkDefaults(request, paper);
    const auto dual = readDualChunk(request, paper, defaults);
    if (!dual)
        return failed(dual);
    Method method;
    method.positions.rope = request.plainRope();
    method.positions.dual = *dual;
    if (auto read = readLengthScale(request, defaults, method.positions); !read)
        return failed(read);
    const std::int64_t local =
        request.options.number("local", defaults.localSize, 0).value_or(defaults.localSize);
    method.text = "dca:chunk=" + std::to_string(paper ? dual->stretch : dual->stretch + local) +
                  ",local=" + std::to_string(local) + ",variant=" + *variant;
    if (method.positions.lengthScale != LengthScale::None)
        method.text += std::string(",mscale=") +
                       (method.positions.lengthScale == LengthScale::Qwen ? "qwen" : "chunkllama") +
                       ",original=" + numberText(method.positions.lengthOriginal);
    const std::string layers = request.options.text("layers", "all");
    if (layers == "all")
        return method;
    method.text += ",layers=" + layers;
    if (layers != "full") {
        auto list = request.options.layerList("layers", request.plan.layerCount());
        if (!list)
            return failed(list);
        method.layers = std::move(*list);
        return method;
    }
    method.layers.emplace();
    for (int layer = 0; layer < request.plan.layerCount(); ++layer)
        if (request.plan.isFullLayer(layer))
            method.layers->insert(layer);
    return method;
}

struct MethodRow {
    const char* name;
    Result<Method> (*use)(const Request&);
};

constexpr MethodRow kMethods[] = {
    {"model", useModel}, {"linear", useLinear}, {"ntk", useNtk},       {"dynamic", useDynamic},
    {"yarn", useYarn},   {"e2", useE2},         {"dca", useDualChunk},
};

// Layers with rotary positions of their own, layers that the method leaves alone, and the rest.
Result<PositionPlan> spread(Method method, const ModelPositions& model, int layers)
{
    PositionPlan plan;
    plan.text = std::move(method.text);
    plan.kinds.push_back(std::move(method.positions));
    int others = 0, windowed = 0; // kinds; 0: not there yet
    for (int layer = 0; layer < layers; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        const bool ownWindow = at < model.windows.size() && model.windows[at] > 0;
        int kind = 0;
        if (ownWindow && model.windowRope) {
            if (windowed == 0) {
                windowed = static_cast<int>(plan.kinds.size());
                plan.kinds.emplace_back().rope = *model.windowRope;
            }
            kind = windowed;
        } else if (method.layers && !method.layers->count(layer)) {
            if (others == 0) {
                auto own = ofModel(model);
                if (!own)
                    return failed(own);
                others = static_cast<int>(plan.kinds.size());
                plan.kinds.push_back(std::move(*own));
            }
            kind = others;
        }
        plan.kindOfLayer.push_back(kind);
    }
    return plan;
}

} // namespace

bool PositionPlan::anyDual() const
{
    return std::any_of(kinds.begin(), kinds.end(),
                       [](const LayerPositions& kind) { return kind.dual.has_value(); });
}

namespace {

double lengthFactor(double slope, double length, double original)
{
    return original > 0 ? std::max(1.0, slope * std::log(length / original) + 1) : 1.0;
}

} // namespace

double keyFactor(const LayerPositions& positions, std::int64_t length)
{
    switch (positions.lengthScale) {
    case LengthScale::ChunkLlama:
        return lengthFactor(0.05, double(length), positions.lengthOriginal);
    case LengthScale::Qwen:
        return lengthFactor(0.1, double(length), positions.lengthOriginal);
    case LengthScale::None:
        break;
    }
    return 1;
}

double queryFactor(const LayerPositions& positions, std::int64_t length)
{
    return positions.lengthScale == LengthScale::ChunkLlama ? keyFactor(positions, length) : 1;
}

bool isSettledAtOpening(const std::string& text)
{
    const auto options = PlanOptions::parse(text, kSubject, OptionsLead::Value);
    return options && options->name() == "e2" && (options->lead().empty() || options->lead() == "auto");
}

Result<PositionPlan> resolvePositions(const std::string& text, const ModelPositions& model,
                                      const LayerPlan& plan, std::int64_t context)
{
    const bool chosen = !text.empty() && text != "auto";
    const std::string& wanted = chosen ? text : plan.positions;
    auto options = PlanOptions::parse(wanted.empty() ? "model" : wanted, kSubject, OptionsLead::Value);
    if (!options)
        return failed(options);
    for (const MethodRow& row : kMethods) {
        if (options->name() != row.name)
            continue;
        auto method = row.use({*options, model, plan, context});
        if (!method)
            return failed(method);
        if (auto unused = options->refuseUnused(); !unused)
            return failed(unused);
        return spread(std::move(*method), model, plan.layerCount());
    }
    return fail(ErrorCode::Usage, "There is no position method called \"" + options->name() + "\".",
                "Use model, linear:F, ntk:F, dynamic, yarn:F, e2 or dca.");
}

} // namespace lectern
