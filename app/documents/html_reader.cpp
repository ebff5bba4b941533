#include "app/documents/document_builder.h"
#include "app/documents/html_scan.h"
#include "app/documents/html_text.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern {

bool looksLikeHtml(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    const std::size_t begin = head.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return false;
    std::string low(head.substr(begin, 15));
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return low.starts_with("<!doctype html") || low.starts_with("<html");
}

Result<Document> readHtml(const std::string& path, const ReadOptions& options)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    std::array<char, 4096> head{};
    const Result<std::size_t> got = file->read(head);
    if (!got)
        return failed(got);
    const std::string declared = declaredHtmlCharset({head.data(), *got});
    if (const Status start = file->rewind(); !start)
        return failed(start);
    const DecodeLimits limits{options.limits.maxHtmlBytes, options.limits.maxHtmlBytes};
    const Result<DecodedText> decoded = decodeFile(*file, limits, options, declared);
    if (!decoded)
        return failed(decoded);
    Result<std::string> text = htmlToText(decoded->text, file->name(), options);
    if (!text)
        return failed(text);
    Document document = beginDocument(*file, path, "html");
    document.warnings = decodingWarnings(file->name(), *decoded);
    document.text = std::move(*text);
    return finishDocument(std::move(document));
}

} // namespace lectern
