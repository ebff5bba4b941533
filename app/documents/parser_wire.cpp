#include "app/documents/parser_wire.h"

#include "app/documents/text_cleaner.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace lectern {

namespace {

using Json = nlohmann::json;

std::string cbor(const Json& json)
{
    std::string bytes;
    Json::to_cbor(json, bytes);
    return bytes;
}

Error brokenAnswer()
{
    return {ErrorCode::BadInput, "The reader of this document failed: what it sent back makes no sense.",
            "The file is damaged or hostile; leave it out.", 0, 0};
}

// `use`(json) with every way of being wrong made into one error.
template <typename Use> auto parsed(std::string_view bytes, Use&& use) -> Result<decltype(use(Json()))>
{
    try {
        return use(Json::from_cbor(bytes.begin(), bytes.end()));
    } catch (const Json::exception&) {
        return tl::unexpected<Error>(brokenAnswer());
    }
}

// The limits in a fixed order.
template <typename Limits> auto fieldsOf(Limits& limits)
{
    return std::tie(limits.maxFileBytes, limits.maxTextBytes, limits.maxHtmlBytes, limits.maxHtmlDepth,
                    limits.maxHtmlAttributes, limits.maxMailBytes, limits.maxPages, limits.maxArchiveEntryBytes,
                    limits.maxArchiveBytes, limits.maxArchiveEntries, limits.maxArchiveRatio,
                    limits.maxParserMemoryBytes, limits.maxParserCpuSeconds, limits.maxParserSilenceMs);
}

// What every reader promises of its text; see Document::text.
bool isCleanText(const std::string& text)
{
    constexpr std::size_t kChunk = std::size_t(1) << 20;
    TextCleaner cleaner;
    std::string clean;
    for (std::size_t at = 0; at < text.size(); at += kChunk) {
        clean.clear();
        cleaner.feed(std::string_view(text).substr(at, kChunk), clean);
    }
    cleaner.finish(clean);
    return cleaner.counts().replaced + cleaner.counts().dropped == 0 && text.find('\r') == std::string::npos;
}

} // namespace

std::string requestToBytes(const ParserRequest& request)
{
    Json limits = Json::array();
    std::apply([&](const auto&... field) { (limits.push_back(field), ...); }, fieldsOf(request.limits));
    return cbor({{"path", request.path}, {"limits", limits}});
}

Result<ParserRequest> requestFromBytes(std::string_view bytes)
{
    return parsed(bytes, [](const Json& json) {
        ParserRequest request;
        request.path = json.at("path").get<std::string>();
        const Json& limits = json.at("limits");
        std::size_t next = 0;
        std::apply([&](auto&... field) { (limits.at(next++).get_to(field), ...); }, fieldsOf(request.limits));
        return request;
    });
}

std::string progressToBytes(const ReadProgress& progress)
{
    return cbor({progress.doneBytes, progress.totalBytes, progress.page, progress.pageCount, progress.item});
}

Result<ReadProgress> progressFromBytes(std::string_view bytes)
{
    return parsed(bytes, [](const Json& json) {
        return ReadProgress{json.at(0).get<std::uint64_t>(), json.at(1).get<std::uint64_t>(),
                            json.at(2).get<std::uint32_t>(), json.at(3).get<std::uint32_t>(),
                            json.at(4).get<std::string>()};
    });
}

std::string errorToBytes(const Error& error)
{
    return cbor({static_cast<int>(error.code), error.message, error.hint});
}

Error errorFromBytes(std::string_view bytes)
{
    const Result<Error> error = parsed(bytes, [](const Json& json) {
        const int code = json.at(0).get<int>();
        Error read;
        read.code = code >= 0 && code <= static_cast<int>(ErrorCode::Internal) ? static_cast<ErrorCode>(code)
                                                                               : ErrorCode::BadInput;
        read.message = json.at(1).get<std::string>();
        read.hint = json.at(2).get<std::string>();
        return read;
    });
    return error ? *error : error.error();
}

std::string factsToBytes(const Document& document)
{
    Json pages = Json::array();
    for (const PageMark& page : document.pages)
        pages.push_back({page.page, page.offset});
    Json files = Json::array();
    for (const FileMark& file : document.files)
        files.push_back({file.path, file.offset, file.length, file.firstLine});
    Json skipped = Json::array();
    for (const SkippedPath& path : document.skipped)
        skipped.push_back({path.path, path.reason});
    Json outline = Json::array();
    for (const OutlineEntry& entry : document.outline)
        outline.push_back({entry.title, entry.level, entry.offset});
    return cbor({{"name", document.name},
                 {"kind", document.kind},
                 {"pages", pages},
                 {"files", files},
                 {"skipped", skipped},
                 {"outline", outline},
                 {"warnings", document.warnings},
                 {"bytes", document.bytesOnDisk},
                 {"modified", document.modifiedMs}});
}

Result<Document> documentFromBytes(std::string_view facts, std::string text)
{
    Result<Document> document = parsed(facts, [](const Json& json) {
        Document read;
        read.name = json.at("name").get<std::string>();
        read.kind = json.at("kind").get<std::string>();
        for (const Json& page : json.at("pages"))
            read.pages.push_back({page.at(0).get<std::uint32_t>(), page.at(1).get<std::uint64_t>()});
        for (const Json& file : json.at("files"))
            read.files.push_back({file.at(0).get<std::string>(), file.at(1).get<std::uint64_t>(),
                                  file.at(2).get<std::uint64_t>(), file.at(3).get<std::uint32_t>()});
        for (const Json& path : json.at("skipped"))
            read.skipped.push_back({path.at(0).get<std::string>(), path.at(1).get<std::string>()});
        for (const Json& entry : json.at("outline"))
            read.outline.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::uint32_t>(),
                                    entry.at(2).get<std::uint64_t>()});
        read.warnings = json.at("warnings").get<std::vector<std::string>>();
        read.bytesOnDisk = json.at("bytes").get<std::uint64_t>();
        read.modifiedMs = json.at("modified").get<std::int64_t>();
        return read;
    });
    if (!document)
        return document;
    document->text = std::move(text);
    if (!marksFit(*document) || !isCleanText(document->text))
        return tl::unexpected<Error>(brokenAnswer());
    return document;
}

bool writeAll(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool writeFrame(int fd, FrameType type, std::string_view payload)
{
    const FrameHead head{type, payload.size()};
    return writeAll(fd, {reinterpret_cast<const char*>(&head), sizeof head}) && writeAll(fd, payload);
}

} // namespace lectern
