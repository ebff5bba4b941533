// lectern-cli ingest PATH... [--session ID | --name NAME] [--model M]
#include "app/cli/commands.h"
#include "app/cli/command_line.h"
#include "app/worker/resources.h"
#include "app/worker/workbench.h"

namespace lectern {

namespace {

struct IngestOptions {
    std::vector<std::string> paths;
    std::string name, model;
    std::int64_t session = 0;
};

Status ingest(CommandLine& line, const IngestOptions& options)
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    Workbench bench(*store);
    // Tokens are counted with a model's own tokenizer; without a model the texts are stored all the same.
    const auto path = modelPath(options.model);
    Status counted = path ? Status() : failed(path);
    if (path)
        if (auto opened = bench.openModel(*path, line.engine()); !opened)
            counted = failed(opened);
    if (!counted && !options.model.empty())
        return counted;
    if (!counted)
        line.note("Tokens are not counted: " + counted.error().message);
    SessionId session(options.session);
    if (session.value == 0 && !options.name.empty()) {
        const auto made = (*store)->run([&](SessionStore& s) { return s.createSession(options.name); });
        if (!made)
            return failed(made);
        session = *made;
    }
    const auto reply = bench.ingest(
        session, options.paths,
        [&](const IngestProgress& progress) { line.progress("Reading " + progress.path); }, line.cancel());
    if (!reply)
        return failed(reply);
    std::string text = "Session " + std::to_string(reply->sessionId) + "\n";
    const IngestedDocument* refused = nullptr;
    for (const IngestedDocument& row : reply->documents) {
        text += row.status == "ready" ? "  " + row.name + ": " + row.kind + ", " + std::to_string(row.characters) +
                                            " characters, " + std::to_string(row.tokens) + " tokens\n"
                                      : "  " + row.name + ": " + row.message + "\n";
        if (row.status == "ready" && !row.message.empty())
            text += "    " + row.message + "\n";
        refused = row.status == "ready" ? refused : &row;
    }
    if (!reply->skipped.empty())
        text += "  " + std::to_string(reply->skipped.size()) + " paths left out (see --json)\n";
    line.print(toJson(*reply), text);
    return refused && reply->documents.size() == 1 ? fail(ErrorCode::BadInput, refused->message) : Status();
}

} // namespace

void addIngestCommand(CommandLine& line)
{
    auto options = std::make_shared<IngestOptions>();
    CLI::App* command = line.addCommand(line.root(), "ingest", "Read files and folders into a session",
                                        [&line, options] { return ingest(line, *options); });
    command->add_option("paths", options->paths, "Files and folders")->required();
    auto* session = command->add_option("--session", options->session, "Add to this session");
    command->add_option("--name", options->name, "Name of a new session")->excludes(session);
    command->add_option("--model", options->model, "Count tokens with this model's tokenizer");
}

} // namespace lectern
