// lectern-cli generate MODEL --prompt-file F: goes on from a text, without a chat template.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/worker/session_settings.h"

#include <chrono>

namespace lectern {

namespace {

struct GenerateOptions {
    std::string model, promptFile = "-";
    bool special = false;
};

double elapsedMs(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Status generateText(CommandLine& line, const GenerateOptions& options)
{
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto text = readText(options.promptFile);
    if (!text)
        return failed(text);
    const Tokenizer& tokenizer = (*model)->tokenizer();
    auto ids = tokenizer.encode(*text, options.special ? Trust::Template : Trust::Text);
    if (!ids)
        return failed(ids);
    if (tokenizer.vocabulary().addBos && tokenizer.vocabulary().bos)
        ids->insert(ids->begin(), *tokenizer.vocabulary().bos);
    const GenerationSettings& settings = line.generation();
    auto session = openSession(line, **model, static_cast<std::int64_t>(ids->size()) + settings.maxTokens + 1);
    if (!session)
        return failed(session);

    StepTimings timing;
    timing.promptTokens = static_cast<std::int64_t>(ids->size());
    auto start = std::chrono::steady_clock::now();
    const auto reused = (*session)->read(*ids, showProgress(line), line.cancel());
    if (!reused)
        return failed(reused);
    line.endProgress();
    timing.prefillMs = elapsedMs(start);
    start = std::chrono::steady_clock::now();
    GenerateSettings generate = generateSettings(settings, **model);
    generate.stopAtSentence = false; // a text goes on for as long as it was asked to
    generate.rules = {};             // and answers nothing
    const auto generated = lectern::generate(
        **session, tokenizer, generate,
        [&](TokenId, const std::string&) {
            if (timing.firstTokenMs == 0)
                timing.firstTokenMs = timing.prefillMs + elapsedMs(start);
        },
        line.cancel());
    if (!generated)
        return failed(generated);
    timing.decodeMs = elapsedMs(start);
    timing.answerTokens = static_cast<std::int64_t>(generated->ids.size());
    line.print({{"text", generated->text},
                {"ids", generated->ids},
                {"stop_reason", stopReasonName(generated->stop)},
                {"prompt_tokens", timing.promptTokens},
                {"timing", toJson(timing)},
                {"kv", toJson((*session)->kvUsage())}},
               generated->text);
    if (generated->stop == StopReason::Cancelled)
        return fail(ErrorCode::Cancelled, "Stopped.");
    return {};
}

} // namespace

void addGenerateCommand(CommandLine& line)
{
    auto options = std::make_shared<GenerateOptions>();
    CLI::App* command = line.addCommand(line.root(), "generate", "Go on from a text",
                                        [&line, options] { return generateText(line, *options); });
    command->add_option("model", options->model, "A GGUF file, a Hugging Face folder, mini or recall")->required();
    command->add_option("--prompt-file", options->promptFile, "The text to go on from; - for standard input");
    command->add_flag("--special", options->special, "Special tokens in the text count as such");
    line.addEngineOptions(*command);
    line.addGenerationOptions(*command);
}

} // namespace lectern
