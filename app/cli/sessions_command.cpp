// lectern-cli sessions list | show ID | search TEXT | delete ID | restore ID; the rest in sessions_transfer.cpp
#include "app/cli/commands.h"
#include "app/cli/command_line.h"
#include "app/cli/sessions_transfer.h"

namespace lectern {

namespace {

Json sessionJson(const SessionInfo& info)
{
    return {{"id", info.id.value},         {"name", info.name},           {"created_ms", info.createdMs},
            {"changed_ms", info.changedMs}, {"pinned", info.pinned},       {"model", info.model},
            {"plan", info.plan},            {"documents", info.documentCount}, {"messages", info.messageCount}};
}

Json parsedOrEmpty(const std::string& text, Json empty)
{
    Json json = Json::parse(text, nullptr, false);
    return text.empty() || json.is_discarded() ? std::move(empty) : json;
}

Json messageJson(const Message& message)
{
    return {{"id", message.id.value},
            {"role", messageRoleName(message.role)},
            {"state", messageStateName(message.state)},
            {"text", message.text},
            {"stop_reason", message.stopReason},
            {"evidence", parsedOrEmpty(message.evidenceJson, Json::array())},
            {"stats", parsedOrEmpty(message.statsJson, Json::object())}};
}

Status list(CommandLine& line)
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    const auto sessions = (*store)->run([](SessionStore& s) { return s.sessions(); });
    if (!sessions)
        return failed(sessions);
    Json rows = Json::array();
    std::string text;
    for (const SessionInfo& info : *sessions) {
        rows.push_back(sessionJson(info));
        text += std::to_string(info.id.value) + "  " + info.name + "  (" + std::to_string(info.documentCount) +
                " documents, " + std::to_string(info.messageCount) + " messages)\n";
    }
    line.print({{"sessions", rows}}, text.empty() ? "No sessions." : text);
    return {};
}

Status show(CommandLine& line, std::int64_t id)
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    const SessionId session(id);
    const auto info = (*store)->run([&](SessionStore& s) { return s.session(session); });
    if (!info)
        return failed(info);
    const auto messages = (*store)->run([&](SessionStore& s) { return s.messages(session); });
    if (!messages)
        return failed(messages);
    const auto documents = (*store)->run([&](SessionStore& s) { return s.documents(session); });
    if (!documents)
        return failed(documents);
    Json json = sessionJson(*info);
    std::string text = info->name + "\n";
    json["documents"] = Json::array();
    for (const DocumentInfo& document : *documents) {
        json["documents"].push_back({{"id", document.id.value}, {"name", document.name}, {"path", document.path},
                                     {"kind", document.kind}, {"bytes", document.textBytes}});
        text += "  document: " + document.name + "\n";
    }
    json["messages"] = Json::array();
    for (const Message& message : *messages) {
        json["messages"].push_back(messageJson(message));
        text += std::string(messageRoleName(message.role)) +
                (message.state == MessageState::Complete ? "" : std::string(" (") + messageStateName(message.state) + ")") +
                ": " + message.text + "\n";
    }
    line.print(json, text);
    return {};
}

Status search(CommandLine& line, const std::string& words)
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    const auto hits = (*store)->run([&](SessionStore& s) { return s.search(words); });
    if (!hits)
        return failed(hits);
    Json rows = Json::array();
    std::string text;
    for (const SearchHit& hit : *hits) {
        std::string snippet = hit.snippet;
        std::erase_if(snippet, [](char c) { return c == kHitBegin || c == kHitEnd; });
        rows.push_back({{"session", hit.session.value}, {"name", hit.sessionName}, {"document", hit.documentName},
                        {"offset", hit.offset}, {"snippet", snippet}});
        text += std::to_string(hit.session.value) + "  " + (hit.documentName.empty() ? hit.sessionName : hit.documentName) +
                ": " + snippet + "\n";
    }
    line.print({{"hits", rows}}, text.empty() ? "Nothing found." : text);
    return {};
}

Status change(CommandLine& line, std::int64_t id, Status (SessionStore::*action)(SessionId), const char* done)
{
    const auto store = line.store();
    if (!store)
        return failed(store);
    const Status changed = (*store)->run([&](SessionStore& s) { return (s.*action)(SessionId(id)); });
    if (changed)
        line.print({{"session", id}, {"done", done}}, "Session " + std::to_string(id) + " " + done + ".");
    return changed;
}

struct SessionsOptions {
    std::int64_t id = 0;
    std::string words;
};

} // namespace

void addSessionsCommand(CommandLine& line)
{
    auto options = std::make_shared<SessionsOptions>();
    CLI::App* group = line.addCommand(line.root(), "sessions", "Look through sessions", {});
    line.addCommand(*group, "list", "All sessions", [&line] { return list(line); });
    line.addCommand(*group, "show", "Documents and messages of one", [&line, options] { return show(line, options->id); })
        ->add_option("id", options->id)->required();
    line.addCommand(*group, "search", "Find words in messages and documents",
                    [&line, options] { return search(line, options->words); })
        ->add_option("words", options->words)->required();
    line.addCommand(*group, "delete", "Move to the trash for 30 days", [&line, options] {
            return change(line, options->id, &SessionStore::trashSession, "moved to the trash");
        })->add_option("id", options->id)->required();
    line.addCommand(*group, "restore", "Take back from the trash", [&line, options] {
            return change(line, options->id, &SessionStore::restoreSession, "restored");
        })->add_option("id", options->id)->required();
    addSessionTransferCommands(line, *group);
}

} // namespace lectern
