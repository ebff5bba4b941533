// Jupyter notebooks: the cells in order, code in fences, with the text of their outputs.
#include "app/documents/document_builder.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace lectern {

namespace {

using Json = nlohmann::json;

// "source" and "text" are one string or a list of lines.
std::string joined(const Json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    std::string text;
    if (value.is_array())
        for (const Json& line : value)
            text += line.is_string() ? line.get<std::string>() : std::string();
    return text;
}

void addBlock(std::string& text, const std::string& opening, const std::string& body)
{
    if (body.empty())
        return;
    text += opening.empty() ? body : opening + "\n" + body;
    text += text.back() == '\n' ? "" : "\n";
    text += opening.empty() ? "\n" : "```\n\n";
}

void addOutputs(std::string& text, const Json& cell)
{
    const auto outputs = cell.find("outputs");
    if (outputs == cell.end() || !outputs->is_array())
        return;
    for (const Json& output : *outputs) {
        if (!output.is_object())
            continue;
        addBlock(text, "```output", joined(output.value("text", Json())));
        const Json data = output.value("data", Json::object());
        if (data.is_object())
            addBlock(text, "```output", joined(data.value("text/plain", Json())));
    }
}

std::string notebookText(const Json& notebook)
{
    std::string text;
    for (const Json& cell : notebook.at("cells")) {
        const std::string type = cell.value("cell_type", "");
        const std::string source = joined(cell.value("source", Json()));
        addBlock(text, type == "code" ? "```" : "", source);
        if (type == "code")
            addOutputs(text, cell);
    }
    return text;
}

} // namespace

Result<Document> readNotebook(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    const DecodeLimits limits{options.limits.maxHtmlBytes, options.limits.maxHtmlBytes};
    const Result<DecodedText> decoded = decodeFile(*file, limits, options);
    if (!decoded)
        return failed(decoded);
    Document document = beginDocument(*file, path, "notebook");
    try {
        TextCleaner cleaner;
        cleaner.feed(notebookText(Json::parse(decoded->text)), document.text);
        cleaner.finish(document.text);
    } catch (const Json::exception&) {
        return fail(ErrorCode::BadInput, document.name + " is damaged: it is not a notebook.",
                    "Open it in Jupyter and save it again.");
    }
    return finishDocument(std::move(document));
}

} // namespace lectern
