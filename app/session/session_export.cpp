#include "app/session/session_export.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

namespace lectern {

namespace {

using Json = nlohmann::json;

constexpr auto kFormats = std::to_array<ExportFormat>({
    {"md", "Markdown", ".md", &sessionMarkdown},
    {"html", "Web page", ".html", &sessionHtml},
    {"pdf", "PDF", ".pdf", &sessionPdf},
    {"json", "JSON, to import again", ".json", &sessionJson},
});

struct Source {
    std::string place; // "book.pdf, p. 3"
    std::string text;
};

std::string oneLine(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

// The passages an answer names; what is not as it should be is left out.
std::vector<Source> sourcesOf(const Message& message)
{
    std::vector<Source> sources;
    const Json json = Json::parse(message.evidenceJson, nullptr, false);
    if (!json.is_array())
        return sources;
    for (const Json& passage : json) {
        try {
            const std::string file = passage.value("file", "");
            const int page = passage.value("page", 0);
            const int line = passage.value("line", 0);
            std::string place = passage.value("document", "");
            if (!file.empty())
                place += ", " + file + ":" + std::to_string(line);
            else if (page > 0)
                place += ", p. " + std::to_string(page);
            else if (line > 0)
                place += ", line " + std::to_string(line);
            sources.push_back({oneLine(place), oneLine(passage.value("text", ""))});
        } catch (const Json::exception&) {
            continue;
        }
    }
    return sources;
}

std::string dateText(std::int64_t ms)
{
    const std::time_t seconds = ms / 1000;
    std::tm parts = {};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
    return text.data();
}

const char* heading(const Message& message)
{
    return message.role == MessageRole::User        ? "Question"
           : message.role == MessageRole::Assistant ? "Answer"
                                                    : "Note";
}

const char* remark(const Message& message)
{
    return message.state == MessageState::Interrupted || message.state == MessageState::Generating ? " (interrupted)"
           : message.state == MessageState::Failed                                                 ? " (failed)"
                                                                                                   : "";
}

// So that a name or passage can not become Markdown or HTML.
std::string markdownText(const std::string& text)
{
    std::string escaped;
    for (const char c : text) {
        if (std::string_view("\\`*_{}[]<>#|!").find(c) != std::string_view::npos)
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string htmlText(const std::string& text)
{
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\n':
            escaped += "<br>\n";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

} // namespace

std::span<const ExportFormat> exportFormats()
{
    return kFormats;
}

const ExportFormat* exportFormat(std::string_view name)
{
    const auto found =
        std::find_if(kFormats.begin(), kFormats.end(), [&](const ExportFormat& format) { return format.name == name; });
    return found == kFormats.end() ? nullptr : found;
}

Result<std::string> sessionMarkdown(const SessionContent& content)
{
    std::string text = "# " + markdownText(oneLine(content.info.name)) + "\n\n";
    text += dateText(content.info.createdMs);
    text += content.info.plan.empty() ? "\n" : ", plan " + markdownText(content.info.plan) + "\n";
    if (!content.documents.empty())
        text += "\nDocuments:\n\n";
    for (const Document& document : content.documents)
        text += "- " + markdownText(oneLine(document.name)) + "\n";
    for (const Message& message : content.messages) {
        text += "\n## " + std::string(heading(message)) + remark(message) + "\n\n" + message.text;
        text += message.text.ends_with('\n') ? "" : "\n";
        int number = 0;
        for (const Source& source : sourcesOf(message))
            text += (number == 0 ? "\n" : "") + std::to_string(++number) + ". **" + markdownText(source.place) +
                    "**: " + markdownText(source.text) + "\n";
    }
    return text;
}

Result<std::string> sessionHtml(const SessionContent& content)
{
    std::string text = "<!doctype html>\n<html><head><meta charset=\"utf-8\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                       "'unsafe-inline'\">\n<title>" +
                       htmlText(oneLine(content.info.name)) +
                       "</title>\n<style>body{font-family:sans-serif;max-width:45em;margin:2em auto;line-height:1.5}"
                       "h2{font-size:1em}li{color:#555}</style></head>\n<body>\n<h1>" +
                       htmlText(oneLine(content.info.name)) + "</h1>\n<p>" + dateText(content.info.createdMs) +
                       "</p>\n";
    if (!content.documents.empty())
        text += "<ul>\n";
    for (const Document& document : content.documents)
        text += "<li>" + htmlText(oneLine(document.name)) + "</li>\n";
    text += content.documents.empty() ? "" : "</ul>\n";
    for (const Message& message : content.messages) {
        text += "<h2>" + std::string(heading(message)) + remark(message) + "</h2>\n<p>" + htmlText(message.text) +
                "</p>\n";
        const std::vector<Source> sources = sourcesOf(message);
        text += sources.empty() ? "" : "<ol>\n";
        for (const Source& source : sources)
            text += "<li><b>" + htmlText(source.place) + "</b>: " + htmlText(source.text) + "</li>\n";
        text += sources.empty() ? "" : "</ol>\n";
    }
    return text + "</body></html>\n";
}

} // namespace lectern
