// lectern-cli ask [--model M] [--doc PATH]... [--session ID] "QUESTION"
#include "app/cli/commands.h"
#include "app/cli/model_session.h"
#include "app/worker/resources.h"
#include "app/worker/workbench.h"

#include <chrono>

namespace lectern {

namespace {

struct AskOptions {
    std::string model, question;
    std::vector<std::string> documents;
    std::int64_t session = 0;
    double budget = -1; // GB
};

std::string place(const EvidencePassage& passage)
{
    if (!passage.file.empty())
        return passage.file + ":" + std::to_string(passage.line);
    if (passage.page > 0)
        return passage.document + ", p. " + std::to_string(passage.page);
    return passage.document + ", line " + std::to_string(passage.line);
}

std::string answerText(const AnswerReply& reply)
{
    std::string text = reply.answer + "\n\n";
    if (reply.evidence.empty())
        text += "No confident source.\n";
    for (const EvidencePassage& passage : reply.evidence)
        text += "  [" + place(passage) + "] " + passage.text + "\n";
    char facts[200];
    std::snprintf(facts, sizeof facts,
                  "%lld prompt tokens (%lld reused), %.0f tokens/s read, %.1f tokens/s written, KV %s of %s (%.0f%% saved)",
                  static_cast<long long>(reply.timing.promptTokens), static_cast<long long>(reply.timing.reusedTokens),
                  reply.timing.prefillTokensPerSecond(), reply.timing.decodeTokensPerSecond(),
                  humanBytes(reply.kv.bytes).c_str(), humanBytes(reply.kv.fullAttentionBytes).c_str(),
                  100.0 * reply.kv.savedFraction());
    return text + "\n" + facts + "\n";
}

// Reads --doc paths into the session; the first that can not be read ends the command.
Result<std::int64_t> addDocuments(CommandLine& line, Workbench& bench, const AskOptions& options, double& ingestMs)
{
    if (options.documents.empty())
        return options.session;
    const auto start = std::chrono::steady_clock::now();
    const auto ingested = bench.ingest(SessionId(options.session), options.documents, {}, line.cancel());
    ingestMs = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (!ingested)
        return failed(ingested);
    for (const IngestedDocument& row : ingested->documents)
        if (row.status != "ready")
            return fail(ErrorCode::BadInput, row.message);
    for (const SkippedPath& skipped : ingested->skipped)
        line.note(skipped.path + " was left out: " + skipped.reason);
    return ingested->sessionId;
}

Status ask(CommandLine& line, const AskOptions& options)
{
    if (options.documents.empty() && options.session == 0)
        return fail(ErrorCode::Usage, "There is nothing to ask about.", "Name a document with --doc, or a --session.");
    const auto path = modelPath(options.model);
    if (!path)
        return failed(path);
    const auto store = line.store();
    if (!store)
        return failed(store);
    EngineSettings engine = line.engine();
    engine.kvBudget = options.budget < 0 ? -1 : static_cast<std::int64_t>(1e9 * options.budget);
    Workbench bench(*store, line.cacheDir());
    if (auto opened = bench.openModel(*path, engine); !opened)
        return failed(opened);
    for (const std::string& warning : bench.model()->warnings())
        line.note(warning);
    double ingestMs = 0;
    const auto session = addDocuments(line, bench, options, ingestMs);
    if (!session)
        return failed(session);
    AnswerListener listener;
    listener.prefill = showProgress(line);
    const auto reply = bench.ask({SessionId(*session), options.question, line.generation()}, listener, line.cancel());
    if (!reply)
        return failed(reply);
    if (reply->stopReason == StopReason::Cancelled)
        return fail(ErrorCode::Cancelled, "Stopped; the session keeps what was written.");
    Json json = toJson(*reply);
    json["timing"]["ingest_ms"] = ingestMs;
    line.print(json, answerText(*reply));
    std::fflush(stdout);
    bench.waitForSnapshots(line.cancel());
    return {};
}

} // namespace

void addAskCommand(CommandLine& line)
{
    auto options = std::make_shared<AskOptions>();
    CLI::App* command = line.addCommand(line.root(), "ask", "Ask a question about documents",
                                        [&line, options] { return ask(line, *options); });
    command->add_option("question", options->question, "The question")->required();
    command->add_option("--model", options->model, "A GGUF file, mini (the default) or recall");
    command->add_option("--doc", options->documents, "A file or folder to read; may be repeated")->allow_extra_args(false);
    command->add_option("--session", options->session, "Go on in this session");
    command->add_option("--kv-budget", options->budget,
                        "Gigabytes on disk for what was read, so that it need not be read again; 0: none "
                        "(default: 20, or a tenth of the free disk if that is less)")
        ->check(CLI::Range(0.0, 1e6));
    line.addEngineOptions(*command);
    line.addGenerationOptions(*command);
}

} // namespace lectern
