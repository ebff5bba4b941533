#include "app/documents/document_builder.h"

#include <algorithm>

namespace lectern {

Document beginDocument(const InputFile& file, const std::string& path, const char* kind)
{
    Document document;
    document.name = file.name();
    document.path = path;
    document.kind = kind;
    document.bytesOnDisk = file.size();
    document.modifiedMs = file.modifiedMs();
    return document;
}

Result<Document> finishDocument(Document document)
{
    const bool blank = std::all_of(document.text.begin(), document.text.end(),
                                   [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
    if (blank)
        return fail(ErrorCode::BadInput, document.name + " is empty: there is no text in it.");
    return document;
}

} // namespace lectern
