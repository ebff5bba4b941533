// A session as JSON: format "lectern-session", version 1.
#include "app/session/document_marks.h"
#include "app/session/session_export.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace lectern {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormatName = "lectern-session";
constexpr int kFormatVersion = 1;

Json parsedOr(const std::string& text, Json empty)
{
    Json json = Json::parse(text, nullptr, false);
    return text.empty() || json.is_discarded() ? std::move(empty) : std::move(json);
}

Json documentJson(const Document& document)
{
    return {{"id", document.id.value},
            {"name", document.name},
            {"path", document.path},
            {"kind", document.kind},
            {"bytes_on_disk", document.bytesOnDisk},
            {"modified_ms", document.modifiedMs},
            {"marks", parsedOr(marksToJson(document), Json::object())},
            {"text", document.text}};
}

Json messageJson(const Message& message)
{
    return {{"role", messageRoleName(message.role)},
            {"state", messageStateName(message.state)},
            {"text", message.text},
            {"stop_reason", message.stopReason},
            {"created_ms", message.createdMs},
            {"finished_ms", message.finishedMs},
            {"evidence", parsedOr(message.evidenceJson, Json::array())},
            {"stats", parsedOr(message.statsJson, Json::object())}};
}

// The value whose name it is; `values.front()` stands for none, and `known` says so.
template <typename Value, std::size_t N>
Value byName(const std::string& name, const std::array<Value, N>& values, const char* (*nameOf)(Value), bool& known)
{
    const auto found = std::find_if(values.begin(), values.end(), [&](Value value) { return name == nameOf(value); });
    known = known && found != values.end();
    return found == values.end() ? values.front() : *found;
}

Document documentFrom(const Json& json)
{
    Document document;
    document.id = DocumentId(json.at("id").get<std::int64_t>());
    document.name = json.at("name").get<std::string>();
    document.path = json.at("path").get<std::string>();
    document.kind = json.at("kind").get<std::string>();
    document.bytesOnDisk = json.at("bytes_on_disk").get<std::uint64_t>();
    document.modifiedMs = json.at("modified_ms").get<std::int64_t>();
    document.text = json.at("text").get<std::string>();
    return document;
}

Message messageFrom(const Json& json, bool& known)
{
    constexpr std::array kRoles = {MessageRole::User, MessageRole::Assistant, MessageRole::System};
    constexpr std::array kStates = {MessageState::Complete, MessageState::Generating, MessageState::Interrupted,
                                    MessageState::Failed};
    Message message;
    message.role = byName(json.at("role").get<std::string>(), kRoles, &messageRoleName, known);
    message.state = byName(json.at("state").get<std::string>(), kStates, &messageStateName, known);
    message.text = json.at("text").get<std::string>();
    message.stopReason = json.at("stop_reason").get<std::string>();
    message.createdMs = json.at("created_ms").get<std::int64_t>();
    message.finishedMs = json.at("finished_ms").get<std::int64_t>();
    message.evidenceJson = json.at("evidence").dump();
    message.statsJson = json.at("stats").dump();
    return message;
}

} // namespace

Result<std::string> sessionJson(const SessionContent& content)
{
    Json json = {{"format", kFormatName},
                 {"version", kFormatVersion},
                 {"name", content.info.name},
                 {"created_ms", content.info.createdMs},
                 {"model", content.info.model},
                 {"plan", content.info.plan},
                 {"draft", content.info.draft},
                 {"documents", Json::array()},
                 {"messages", Json::array()}};
    for (const Document& document : content.documents)
        json["documents"].push_back(documentJson(document));
    for (const Message& message : content.messages)
        json["messages"].push_back(messageJson(message));
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<SessionContent> sessionFromJson(std::string_view text)
{
    const auto damaged = [] {
        return fail(ErrorCode::BadInput, "This is not a session that Lectern exported, or it is damaged.",
                    "Export it again as JSON.");
    };
    SessionContent content;
    try {
        const Json json = Json::parse(text);
        if (json.at("format").get<std::string>() != kFormatName)
            return damaged();
        if (json.at("version").get<int>() > kFormatVersion)
            return fail(ErrorCode::Unsupported, "This session was exported by a newer Lectern, so it was not imported.",
                        "Update Lectern.");
        content.info.name = json.at("name").get<std::string>();
        content.info.createdMs = json.at("created_ms").get<std::int64_t>();
        content.info.model = json.at("model").get<std::string>();
        content.info.plan = json.at("plan").get<std::string>();
        content.info.draft = json.at("draft").get<std::string>();
        for (const Json& row : json.at("documents")) {
            Document document = documentFrom(row);
            if (const Status marks = marksFromJson(row.at("marks").dump(), document); !marks || !marksFit(document))
                return damaged();
            content.documents.push_back(std::move(document));
        }
        bool known = true;
        for (const Json& row : json.at("messages"))
            content.messages.push_back(messageFrom(row, known));
        if (!known)
            return damaged();
    } catch (const Json::exception&) {
        return damaged();
    }
    return content;
}

} // namespace lectern
