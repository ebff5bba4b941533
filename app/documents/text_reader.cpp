// Plain text, Markdown, reStructuredText and source code: the characters as they stand in the file.
#include "app/documents/document_builder.h"
#include "app/documents/readers.h"
#include "app/documents/text_decoder.h"

#include <utility>

namespace lectern {

namespace {

Result<Document> readAsText(const std::string& path, const ReadOptions& options, const char* kind)
{
    Result<InputFile> file = InputFile::open(path);
    if (!file)
        return failed(file);
    const DecodeLimits limits{options.limits.maxFileBytes, options.limits.maxTextBytes};
    Result<DecodedText> decoded = decodeFile(*file, limits, options);
    if (!decoded)
        return failed(decoded);
    Document document = beginDocument(*file, path, kind);
    document.warnings = decodingWarnings(file->name(), *decoded);
    document.text = std::move(decoded->text);
    return finishDocument(std::move(document));
}

} // namespace

Result<Document> readPlainText(const std::string& path, const ReadOptions& options)
{
    return readAsText(path, options, "text");
}

Result<Document> readMarkdown(const std::string& path, const ReadOptions& options)
{
    return readAsText(path, options, "markdown");
}

Result<Document> readStructuredText(const std::string& path, const ReadOptions& options)
{
    return readAsText(path, options, "rst");
}

Result<Document> readSourceCode(const std::string& path, const ReadOptions& options)
{
    return readAsText(path, options, "source");
}

} // namespace lectern
