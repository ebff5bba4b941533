#include "engine/plan/plan_json.h"

#include "engine/base/mapped_file.h"
#include "engine/format/json_tree.h"

#include <set>

namespace lectern {

namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr std::int64_t kMostTokens = std::int64_t{1} << 30;
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

OrderedJson toJson(const FullPattern&)
{
    return {{"kind", FullPattern::kKind}};
}

OrderedJson toJson(const SinkWindowPattern& pattern)
{
    return {{"kind", SinkWindowPattern::kKind},
            {"sink", pattern.sink},
            {"window", pattern.block * pattern.windowBlocks},
            {"block", pattern.block}};
}

OrderedJson toJson(const SinkChunkPattern& pattern)
{
    return {{"kind", SinkChunkPattern::kKind},
            {"sink", pattern.sink},
            {"recent", pattern.recent},
            {"chunk", pattern.chunk}};
}

OrderedJson toJson(const StridedBlocksPattern& pattern)
{
    return {{"kind", StridedBlocksPattern::kKind},
            {"block", pattern.block},
            {"local", pattern.local},
            {"stride", pattern.stride},
            {"phase", pattern.phase}};
}

OrderedJson toJson(const HeadPattern& pattern)
{
    return std::visit([](const auto& each) { return toJson(each); }, pattern);
}

OrderedJson layerToJson(const std::vector<HeadPattern>& heads)
{
    const bool alike =
        std::all_of(heads.begin(), heads.end(), [&](const HeadPattern& head) { return head == heads[0]; });
    if (alike)
        return {{"heads", toJson(heads[0])}};
    OrderedJson list = OrderedJson::array();
    for (const HeadPattern& head : heads)
        list.push_back(toJson(head));
    return {{"heads", std::move(list)}};
}

// Takes the numbers of one pattern; the first thing that is wrong stays in status().
class PatternReader {
public:
    PatternReader(const Json& json, std::string place) : m_json(json), m_place(std::move(place)) {}

    HeadPattern read();
    const Status& status() const { return m_status; }

private:
    void refuse(const std::string& what, const std::string& hint)
    {
        if (m_status)
            m_status = fail(ErrorCode::Usage, m_place + " " + what + ".", hint);
    }
    std::int64_t number(const char* key, std::int64_t least);
    void refuseOthers();

    const Json& m_json;
    std::string m_place;
    std::set<std::string> m_used;
    Status m_status;
};

std::int64_t PatternReader::number(const char* key, std::int64_t least)
{
    m_used.insert(key);
    const auto found = m_json.find(key);
    const bool whole = found != m_json.end() && found->is_number_integer();
    const std::int64_t value = whole ? found->get<std::int64_t>() : -1;
    if (value >= least && value <= kMostTokens)
        return value;
    refuse(std::string("needs \"") + key + "\" to be a whole number from " + std::to_string(least) + " to " +
               std::to_string(kMostTokens),
           "Correct the number.");
    return least;
}

void PatternReader::refuseOthers()
{
    for (const auto& [key, value] : m_json.items())
        if (key != "kind" && !m_used.count(key))
            refuse("has \"" + key + "\", which its kind does not know", "Remove it.");
}

HeadPattern PatternReader::read()
{
    const auto found = m_json.is_object() ? m_json.find("kind") : m_json.end();
    const std::string kind =
        m_json.is_object() && found != m_json.end() && found->is_string() ? found->get<std::string>() : "";
    HeadPattern pattern = FullPattern{};
    if (kind == SinkWindowPattern::kKind) {
        const std::int64_t sink = number("sink", 0), window = number("window", 1), block = number("block", 1);
        if (window % block != 0)
            refuse("has a window of " + std::to_string(window) +
                       " tokens, which is not a multiple of its block of " + std::to_string(block),
                   "Choose a window that is a multiple of the block.");
        pattern = SinkWindowPattern{sink, block, window / block};
    } else if (kind == SinkChunkPattern::kKind) {
        pattern = SinkChunkPattern{number("sink", 0), number("recent", 0), number("chunk", 1)};
    } else if (kind == StridedBlocksPattern::kKind) {
        StridedBlocksPattern strided{number("block", 1), number("local", 1), number("stride", 1),
                                     number("phase", 0)};
        if (strided.phase >= strided.stride)
            refuse("has a phase that is not below its stride", "Choose a phase from 0 to stride - 1.");
        pattern = strided;
    } else if (kind != FullPattern::kKind) {
        refuse("has no kind that is known", "Use full, sink+window, sink+chunk or strided.");
        return pattern;
    }
    refuseOthers();
    return pattern;
}

Result<HeadPattern> headFromJson(const Json& json, const std::string& place)
{
    PatternReader reader(json, place);
    const HeadPattern pattern = reader.read();
    if (!reader.status())
        return failed(reader.status());
    return pattern;
}

Status checkOwnWindow(const std::vector<HeadPattern>& heads, int layer, const PlanShape& shape)
{
    const auto at = static_cast<std::size_t>(layer);
    const std::int64_t window = at < shape.windows.size() ? shape.windows[at] : 0;
    const HeadPattern own = SinkWindowPattern{0, 1, window};
    for (std::size_t head = 0; window > 0 && head < heads.size(); ++head)
        if (!(heads[head] == own))
            return fail(ErrorCode::Usage,
                        "Layer " + std::to_string(layer) + ", head " + std::to_string(head) +
                            " of the plan is not the window of " + std::to_string(window) +
                            " tokens that the model has there.",
                        "Write {\"kind\": \"sink+window\", \"sink\": 0, \"window\": " +
                            std::to_string(window) + ", \"block\": 1}.");
    return {};
}

Result<std::vector<HeadPattern>> layerFromJson(const Json& json, int layer, const PlanShape& shape)
{
    const std::string place = "Layer " + std::to_string(layer);
    const auto heads = json.is_object() ? json.find("heads") : json.end();
    if (!json.is_object() || heads == json.end() || !(heads->is_object() || heads->is_array()))
        return fail(ErrorCode::Usage, place + " of the plan has no \"heads\".",
                    "Write a pattern, or one for every KV head.");
    std::vector<HeadPattern> patterns;
    if (heads->is_object()) {
        const auto pattern = headFromJson(*heads, place + " of the plan");
        if (!pattern)
            return failed(pattern);
        patterns.assign(static_cast<std::size_t>(shape.kvHeads), *pattern);
    } else {
        if (heads->size() != static_cast<std::size_t>(shape.kvHeads))
            return fail(ErrorCode::Usage,
                        place + " of the plan has " + std::to_string(heads->size()) +
                            " heads, the model has " + std::to_string(shape.kvHeads) + " KV heads.",
                        "Use a plan that was made for this model.");
        for (std::size_t head = 0; head < heads->size(); ++head) {
            const auto pattern =
                headFromJson((*heads)[head], place + ", head " + std::to_string(head) + " of the plan");
            if (!pattern)
                return failed(pattern);
            patterns.push_back(*pattern);
        }
    }
    if (auto own = checkOwnWindow(patterns, layer, shape); !own)
        return failed(own);
    return patterns;
}

Result<std::string> textOr(const Json& json, const char* key, const std::string& fallback)
{
    const auto found = json.find(key);
    if (found == json.end())
        return fallback;
    if (!found->is_string())
        return fail(ErrorCode::Usage, std::string("The plan's \"") + key + "\" is not a text.",
                    "Put it in quotes.");
    return found->get<std::string>();
}

Status checkKeys(const Json& json)
{
    const std::set<std::string> known{"lectern_plan", "text", "positions", "kv_types", "layers"};
    for (const auto& [key, value] : json.items())
        if (!known.count(key))
            return fail(ErrorCode::Usage, "The plan has no place for \"" + key.substr(0, 40) + "\".",
                        "Remove it.");
    return {};
}

} // namespace

std::string planToJson(const LayerPlan& plan, bool indented)
{
    OrderedJson json = {{"lectern_plan", kVersion}, {"text", plan.text}};
    if (!plan.positions.empty())
        json["positions"] = plan.positions;
    if (!plan.kvTypes.empty())
        json["kv_types"] = plan.kvTypes;
    json["layers"] = OrderedJson::array();
    for (const auto& heads : plan.layers)
        json["layers"].push_back(layerToJson(heads));
    return json.dump(indented ? 2 : -1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<LayerPlan> planFromJson(const std::string& text, const PlanShape& shape)
{
    const auto json = parseJsonTree(text, "The plan");
    if (!json)
        return failed(json);
    const auto version = json->is_object() ? json->find("lectern_plan") : json->end();
    if (!json->is_object() || version == json->end() || *version != kVersion)
        return fail(ErrorCode::Usage,
                    "The plan does not say \"lectern_plan\": 1, so it is not one of this version's.",
                    "Use a plan saved by lectern-cli plan save.");
    if (auto known = checkKeys(*json); !known)
        return failed(known);
    LayerPlan plan;
    const std::pair<const char*, std::string*> texts[] = {
        {"text", &plan.text}, {"positions", &plan.positions}, {"kv_types", &plan.kvTypes}};
    for (const auto& [key, into] : texts) {
        auto value = textOr(*json, key, into == &plan.text ? "custom" : "");
        if (!value)
            return failed(value);
        *into = std::move(*value);
    }
    const auto layers = json->find("layers");
    if (layers == json->end() || !layers->is_array() ||
        layers->size() != static_cast<std::size_t>(shape.layers))
        return fail(ErrorCode::Usage,
                    "The plan has " +
                        (layers != json->end() && layers->is_array() ? std::to_string(layers->size())
                                                                     : std::string("no")) +
                        " layers, the model has " + std::to_string(shape.layers) + ".",
                    "Use a plan that was made for this model.");
    for (int layer = 0; layer < shape.layers; ++layer) {
        auto heads = layerFromJson((*layers)[static_cast<std::size_t>(layer)], layer, shape);
        if (!heads)
            return failed(heads);
        plan.layers.push_back(std::move(*heads));
    }
    return plan;
}

Result<LayerPlan> readPlanFile(const std::string& path, const PlanShape& shape)
{
    const auto file = MappedFile::open(path);
    if (!file)
        return failed(file);
    if (file->bytes().size() > kMostBytes)
        return fail(ErrorCode::BadInput, path + " is too large to be a plan.", "Choose a saved plan.");
    return planFromJson({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()}, shape);
}

} // namespace lectern
