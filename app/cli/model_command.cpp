// lectern-cli model info MODEL, model template MODEL --messages FILE; convert, quantize and merge are in
// model_files_command.cpp.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/worker/model_facts.h"
#include "engine/plan/plan_reader.h"
#include "engine/kv/page_budget.h"

namespace lectern {

namespace {

constexpr std::int64_t kPriceContext = 32768; // tokens at which a plan's bytes per token are stated

Json planPrices(const LoadedModel& model)
{
    const KvPageLayout layout{KvType::F16, model.model()->spec().headDim};
    Json prices = Json::object();
    for (const char* text : {"full", "longgen", "auto"}) {
        const auto plan = readPlan(text, model.model()->planShape(), model.plan());
        if (plan)
            prices[plan->text] = double(planKvBytes(*plan, layout, kPriceContext)) / double(kPriceContext);
    }
    return prices;
}

const char* scalingName(RopeScalingKind kind)
{
    switch (kind) {
    case RopeScalingKind::None: return "none";
    case RopeScalingKind::Ntk: return "ntk";
    case RopeScalingKind::Dynamic: return "dynamic";
    case RopeScalingKind::Yarn: return "yarn";
    case RopeScalingKind::Llama3: return "llama3";
    case RopeScalingKind::LongRope: return "longrope";
    case RopeScalingKind::E2: return "e2";
    }
    return "none";
}

Json ropeJson(const DecoderSpec& spec)
{
    const RopeSettings& rope = spec.rope;
    const bool linear = rope.positionScale != 1;
    Json json = {{"base", rope.base},
                 {"dimensions", rope.dimensions},
                 {"layout", rope.layout == RopeLayout::Norm ? "norm" : "neox"},
                 {"position_scale", rope.positionScale},
                 {"scaling", linear ? "linear" : scalingName(rope.scaling.kind)},
                 {"frequency_divisors", !rope.divisors.empty()}};
    if (linear || rope.scaling.kind != RopeScalingKind::None) {
        json["factor"] = linear ? 1 / rope.positionScale : rope.scaling.factor;
        json["original_context_length"] = rope.scaling.originalContext;
        json["magnitude"] = rope.scaling.magnitude;
    }
    if (spec.windowRope)
        json["base_in_windows"] = spec.windowRope->base;
    return json;
}

// null: every layer sees all.
Json windowJson(const DecoderSpec& spec)
{
    Json layers = Json::array();
    std::int64_t keys = 0;
    for (std::size_t i = 0; i < spec.windows.size(); ++i)
        if (spec.windows[i] > 0) {
            layers.push_back(i);
            keys = spec.windows[i];
        }
    return layers.empty() ? Json() : Json{{"keys", keys}, {"layers", layers}};
}

Json modelJson(const LoadedModel& model)
{
    const auto plan = readPlan("full", model.model()->planShape(), {});
    const ModelFacts facts = modelFacts(model, *plan, 1);
    const DecoderSpec& spec = model.model()->spec();
    Json types = Json::object();
    for (const TensorEntry& tensor : model.model()->file()->tensors()) {
        Json& count = types[std::string(tensorTypeInfo(tensor.type)->name)];
        count = count.is_null() ? 1 : count.get<int>() + 1;
    }
    return {{"architecture", facts.architecture},
            {"name", facts.name},
            {"parameters", facts.parameters},
            {"file_bytes", facts.fileBytes},
            {"layers", facts.layers},
            {"heads", facts.heads},
            {"kv_heads", facts.kvHeads},
            {"head_dim", facts.headDim},
            {"embedding_length", facts.embeddingLength},
            {"feed_forward_length", spec.feedForward},
            {"vocab_size", facts.vocabularySize},
            {"context_length", facts.contextLength},
            {"rope", ropeJson(spec)},
            {"sliding_window", windowJson(spec)},
            {"adapters", facts.adapters},
            {"tokenizer", facts.tokenizer},
            {"chat_template", facts.hasChatTemplate},
            {"plan", model.plan()},
            {"tensor_types", std::move(types)},
            {"weights_bytes", facts.weightsBytes},
            {"kv_bytes_per_token", planPrices(model)},
            {"warnings", model.warnings()}};
}

std::string modelText(const Json& info)
{
    std::string text;
    for (const auto& [key, value] : info.items())
        if (!value.is_null() && (!value.is_array() || !value.empty()))
            text += key + ": " + (value.is_string() ? value.get<std::string>() : dumpJson(value, false)) + "\n";
    return text;
}

Status showTemplate(CommandLine& line, const std::string& modelName, const std::string& messagesFile)
{
    const auto model = openModel(line, modelName);
    if (!model)
        return failed(model);
    const auto text = readText(messagesFile);
    if (!text)
        return failed(text);
    const auto parsed = nlohmann::json::parse(*text, nullptr, false);
    std::vector<ChatMessage> messages;
    if (parsed.is_array())
        for (const auto& entry : parsed)
            if (entry.is_object() && entry.value("role", nlohmann::json()).is_string() &&
                entry.value("content", nlohmann::json()).is_string())
                messages.push_back({entry["role"], entry["content"]});
    if (!parsed.is_array() || messages.size() != parsed.size())
        return fail(ErrorCode::BadInput, messagesFile + " is not a JSON list of {\"role\": ..., \"content\": ...}.",
                    "Correct the file.");
    const auto prompt =
        (*model)->chatTemplate().render(templateInput((*model)->tokenizer().vocabulary(), std::move(messages)));
    if (!prompt)
        return failed(prompt);
    line.print({{"prompt", prompt->text()}}, prompt->text());
    return {};
}

struct ModelOptions {
    std::string model, messages;
};

} // namespace

void addModelCommand(CommandLine& line)
{
    auto options = std::make_shared<ModelOptions>();
    CLI::App* group = line.addCommand(line.root(), "model", "Look at a model file", {});
    CLI::App* info = line.addCommand(*group, "info", "What a model file holds", [&line, options]() -> Status {
        const auto model = openModel(line, options->model);
        if (!model)
            return failed(model);
        const Json json = modelJson(**model);
        line.print(json, modelText(json));
        return {};
    });
    info->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    CLI::App* prompt = line.addCommand(*group, "template", "Print the exact prompt for a list of messages", [&line, options] {
        return showTemplate(line, options->model, options->messages);
    });
    prompt->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    line.addAdapterOption(*info);
    addModelFileCommands(line, *group);
    prompt->add_option("--messages", options->messages, "JSON list of {role, content}; - for standard input")->required();
}

} // namespace lectern
