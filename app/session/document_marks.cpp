#include "app/session/document_marks.h"

#include <nlohmann/json.hpp>

namespace lectern {

using Json = nlohmann::json;

std::string marksToJson(const Document& document)
{
    Json json = {{"pages", Json::array()},
                 {"files", Json::array()},
                 {"warnings", document.warnings},
                 {"skipped", Json::array()}};
    for (const PageMark& page : document.pages)
        json["pages"].push_back({page.page, page.offset});
    for (const FileMark& file : document.files)
        json["files"].push_back({file.path, file.offset, file.length, file.firstLine});
    for (const SkippedPath& skipped : document.skipped)
        json["skipped"].push_back({skipped.path, skipped.reason});
    // Left out where there is none, as in stores of before there were outlines.
    for (const OutlineEntry& entry : document.outline)
        json["outline"].push_back({entry.title, entry.level, entry.offset});
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status marksFromJson(const std::string& text, Document& document)
{
    try {
        const Json json = Json::parse(text);
        document.warnings = json.at("warnings").get<std::vector<std::string>>();
        for (const Json& page : json.at("pages"))
            document.pages.push_back({page.at(0).get<std::uint32_t>(), page.at(1).get<std::uint64_t>()});
        for (const Json& file : json.at("files"))
            document.files.push_back({file.at(0).get<std::string>(), file.at(1).get<std::uint64_t>(),
                                      file.at(2).get<std::uint64_t>(), file.at(3).get<std::uint32_t>()});
        for (const Json& skipped : json.at("skipped"))
            document.skipped.push_back({skipped.at(0).get<std::string>(), skipped.at(1).get<std::string>()});
        for (const Json& entry : json.value("outline", Json::array()))
            document.outline.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::uint32_t>(),
                                        entry.at(2).get<std::uint64_t>()});
    } catch (const Json::exception& error) {
        return fail(ErrorCode::BadInput,
                    "The pages and files of " + document.name + " are damaged in the session store.",
                    "Remove the document from the session and add it again.");
    }
    return {};
}

} // namespace lectern
