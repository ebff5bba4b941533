#include "app/cli/sessions_transfer.h"

#include "app/session/session_export.h"

namespace lectern {

namespace {

struct TransferOptions {
    std::int64_t id = 0;
    std::string format = "md", out, in, name;
};

// `work`(SessionStore&) on the opened store.
template <typename Work> auto onStore(CommandLine& line, Work&& work) -> decltype(work(std::declval<SessionStore&>()))
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    return (*store)->run(std::forward<Work>(work));
}

Status exportSession(CommandLine& line, const TransferOptions& options)
{
    const ExportFormat* format = exportFormat(options.format);
    if (!format)
        return fail(ErrorCode::Usage, "There is no export format \"" + options.format + "\".",
                    "Use md, html, pdf or json.");
    if (options.out.empty() && options.format == "pdf")
        return fail(ErrorCode::Usage, "A PDF is not text, so it is not written to the terminal.",
                    "Name a file with --out.");
    const auto content = onStore(line, [&](SessionStore& s) { return s.sessionContent(SessionId(options.id)); });
    if (!content)
        return failed(content);
    const auto bytes = format->write(*content);
    if (!bytes)
        return failed(bytes);
    if (options.out.empty()) {
        line.print({{"session", options.id}, {"format", options.format}, {"text", *bytes}}, *bytes);
        return {};
    }
    if (const Status written = writeFile(options.out, *bytes); !written)
        return written;
    line.print({{"session", options.id}, {"format", options.format}, {"path", options.out}, {"bytes", bytes->size()}},
               options.out + ": " + humanBytes(bytes->size()));
    return {};
}

Status importSession(CommandLine& line, const TransferOptions& options)
{
    const auto text = readText(options.in);
    if (!text)
        return failed(text);
    const auto content = sessionFromJson(*text);
    if (!content)
        return failed(content);
    const auto id = onStore(line, [&](SessionStore& s) { return s.addSession(*content, line.cancel()); });
    if (!id)
        return failed(id);
    line.print({{"session", id->value},
                {"documents", content->documents.size()},
                {"messages", content->messages.size()}},
               "Session " + std::to_string(id->value) + ": " + content->info.name);
    return {};
}

Status rename(CommandLine& line, const TransferOptions& options)
{
    const Status done =
        onStore(line, [&](SessionStore& s) { return s.renameSession(SessionId(options.id), options.name); });
    if (done)
        line.print({{"session", options.id}, {"name", options.name}},
                   "Session " + std::to_string(options.id) + " is now called " + options.name + ".");
    return done;
}

Status duplicate(CommandLine& line, const TransferOptions& options)
{
    const auto id = onStore(line, [&](SessionStore& s) -> Result<SessionId> {
        const auto info = s.session(SessionId(options.id));
        if (!info)
            return failed(info);
        return s.duplicateSession(info->id, options.name.empty() ? info->name + " (copy)" : options.name);
    });
    if (!id)
        return failed(id);
    line.print({{"session", id->value}, {"copy_of", options.id}}, "Session " + std::to_string(id->value));
    return {};
}

Status pin(CommandLine& line, std::int64_t id, bool pinned)
{
    const Status done = onStore(line, [&](SessionStore& s) { return s.setPinned(SessionId(id), pinned); });
    if (done)
        line.print({{"session", id}, {"pinned", pinned}},
                   "Session " + std::to_string(id) + (pinned ? " stands first now." : " stands in its place again."));
    return done;
}

Status listTrash(CommandLine& line)
{
    const auto trash = onStore(line, [](SessionStore& s) { return s.trash(); });
    if (!trash)
        return failed(trash);
    Json rows = Json::array();
    std::string text;
    for (const SessionInfo& info : *trash) {
        rows.push_back({{"id", info.id.value}, {"name", info.name}, {"trashed_ms", info.trashedMs.value_or(0)}});
        text += std::to_string(info.id.value) + "  " + info.name + "\n";
    }
    line.print({{"sessions", rows}}, text.empty() ? "The trash is empty." : text);
    return {};
}

} // namespace

void addSessionTransferCommands(CommandLine& line, CLI::App& group)
{
    auto options = std::make_shared<TransferOptions>();
    CLI::App* out = line.addCommand(group, "export", "Write a session as Markdown, HTML, PDF or JSON",
                                    [&line, options] { return exportSession(line, *options); });
    out->add_option("id", options->id)->required();
    out->add_option("--format", options->format, "md (the default), html, pdf or json");
    out->add_option("--out", options->out, "Write here, not to standard output");
    line.addCommand(group, "import", "Take in a session that was exported as JSON",
                    [&line, options] { return importSession(line, *options); })
        ->add_option("file", options->in, "The file, or - for standard input")->required();
    CLI::App* renaming = line.addCommand(group, "rename", "Give a session another name",
                                         [&line, options] { return rename(line, *options); });
    renaming->add_option("id", options->id)->required();
    renaming->add_option("name", options->name)->required();
    CLI::App* copying = line.addCommand(group, "duplicate", "Copy a session; documents are shared",
                                        [&line, options] { return duplicate(line, *options); });
    copying->add_option("id", options->id)->required();
    copying->add_option("--name", options->name, "Name of the copy");
    line.addCommand(group, "pin", "Put a session first", [&line, options] { return pin(line, options->id, true); })
        ->add_option("id", options->id)->required();
    line.addCommand(group, "unpin", "Put it back", [&line, options] { return pin(line, options->id, false); })
        ->add_option("id", options->id)->required();
    line.addCommand(group, "trash", "What was deleted in the last 30 days", [&line] { return listTrash(line); });
}

} // namespace lectern
