// lectern-cli model info MODEL, model template MODEL --messages FILE
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
            {"rope", {{"base", spec.rope.base}, {"dimensions", spec.rope.dimensions},
                      {"layout", spec.rope.layout == RopeLayout::Norm ? "norm" : "neox"},
                      {"position_scale", spec.rope.positionScale}}},
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
        if (!value.is_array() || !value.empty())
            text += key + ": " + (value.is_string() ? value.get<std::string>() : dumpJson(value, false)) + "\n";
    return text;
}

Status showTemplate(CommandLine& line, const std::string& modelName, const std::string& messagesFile)
{
    const auto model = openModel(modelName);
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
        const auto model = openModel(options->model);
        if (!model)
            return failed(model);
        const Json json = modelJson(**model);
        line.print(json, modelText(json));
        return {};
    });
    info->add_option("model", options->model, "A GGUF file, mini or recall")->required();
    CLI::App* prompt = line.addCommand(*group, "template", "Print the exact prompt for a list of messages", [&line, options] {
        return showTemplate(line, options->model, options->messages);
    });
    prompt->add_option("model", options->model, "A GGUF file, mini or recall")->required();
    prompt->add_option("--messages", options->messages, "JSON list of {role, content}; - for standard input")->required();
}

} // namespace lectern
