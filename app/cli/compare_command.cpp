// lectern-cli compare --doc PATH --plans full,longgen "QUESTION": one question under several plans.
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/documents/document_readers.h"
#include "app/worker/experiment_json.h"
#include "app/worker/plan_comparison.h"
#include "app/worker/resources.h"
#include "app/worker/session_settings.h"
#include "app/worker/workbench.h"

namespace lectern {

namespace {

struct CompareOptions {
    std::string model, question, plans = "full,longgen";
    std::vector<std::string> documents;
    std::int64_t session = 0;
    int positions = 256;
};

std::string outcomeText(const PlanOutcome& outcome)
{
    char facts[300];
    std::snprintf(facts, sizeof facts,
                  "\n  prefill %.0f ms, first token %.0f ms, %.1f tokens/s, KV %s of %s, "
                  "divergence %.5f nats, same top token %.1f%%\n",
                  outcome.timing.prefillMs, outcome.timing.firstTokenMs, outcome.timing.decodeTokensPerSecond(),
                  humanBytes(outcome.kv.bytes).c_str(), humanBytes(outcome.kv.fullAttentionBytes).c_str(),
                  outcome.meanDivergence(), 100 * outcome.topAgreement());
    std::string text = outcome.plan + ": " + outcome.answer + facts;
    for (const EvidencePassage& passage : outcome.evidence)
        text += "  [" + passage.document + ", line " + std::to_string(passage.line) + "] " + passage.text + "\n";
    return text;
}

Result<std::vector<Document>> readDocuments(const CommandLine& line, const std::vector<std::string>& paths)
{
    std::vector<Document> documents;
    ReadOptions options;
    options.cancel = line.cancel();
    for (const std::string& path : paths) {
        auto document = readDocument(path, options);
        if (!document)
            return failed(document);
        documents.push_back(std::move(*document));
    }
    return documents;
}

Result<std::vector<PlanOutcome>> outcomes(CommandLine& line, const CompareOptions& options,
                                          const PlanComparisonSettings& settings, const ComparisonListener& listener)
{
    if (options.session != 0) {
        const auto path = modelPath(options.model);
        if (!path)
            return failed(path);
        const auto store = line.store();
        if (!store)
            return failed(store);
        Workbench bench(*store);
        if (const auto opened = bench.openModel(*path, line.engine()); !opened)
            return failed(opened);
        return bench.compare(SessionId(options.session), options.question, settings, listener, line.cancel());
    }
    if (const Status usable = checkDevice(line.engine()); !usable)
        return failed(usable);
    const auto model = openModel(line, options.model);
    if (!model)
        return failed(model);
    const auto documents = readDocuments(line, options.documents);
    if (!documents)
        return failed(documents);
    const auto prompt = makeReadingPrompt(**model, *documents, {}, options.question);
    if (!prompt)
        return failed(prompt);
    return comparePlans(**model, std::make_shared<ThreadPool>(line.engine().threads), *prompt, *documents, settings,
                        listener, line.cancel());
}

Status compare(CommandLine& line, const CompareOptions& options)
{
    if (options.documents.empty() && options.session == 0)
        return fail(ErrorCode::Usage, "There is nothing to ask about.", "Name a document with --doc, or a --session.");
    PlanComparisonSettings settings;
    settings.plans = splitPlans(options.plans);
    settings.engine = line.engine();
    settings.generation = line.generation();
    settings.comparedPositions = options.positions;
    ComparisonListener listener;
    listener.prefill = showProgress(line);
    const auto compared = outcomes(line, options, settings, listener);
    line.endProgress();
    if (!compared)
        return failed(compared);
    Json list = Json::array();
    std::string text;
    for (const PlanOutcome& outcome : *compared) {
        list.push_back(toJson(outcome));
        text += outcomeText(outcome);
    }
    line.print({{"question", options.question}, {"plans", std::move(list)}}, text);
    return {};
}

} // namespace

void addCompareCommand(CommandLine& line)
{
    auto options = std::make_shared<CompareOptions>();
    CLI::App* command = line.addCommand(line.root(), "compare", "Ask one question under several plans",
                                        [&line, options] { return compare(line, *options); });
    command->add_option("question", options->question, "The question")->required();
    command->add_option("--model", options->model, "A model file, mini (the default) or recall");
    command->add_option("--doc", options->documents, "A file or folder to read; may be repeated")->allow_extra_args(false);
    command->add_option("--session", options->session, "Ask about the documents of this session");
    command->add_option("--plans", options->plans, "Plans, parted by commas, or by ; where they have options");
    command->add_option("--positions-compared", options->positions,
                        "Places of the prompt at which the predictions are compared; 0: none")
        ->check(CLI::Range(0, 1 << 24));
    line.addEngineOptions(*command);
    line.addGenerationOptions(*command);
}

} // namespace lectern
