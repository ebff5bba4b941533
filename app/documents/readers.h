// The read function and, where a format has one, the mark of each reader in document_readers.cpp.
#pragma once

#include "app/documents/document_readers.h"

namespace lectern {

Result<Document> readPlainText(const std::string& path, const ReadOptions& options);
Result<Document> readMarkdown(const std::string& path, const ReadOptions& options);
Result<Document> readSourceCode(const std::string& path, const ReadOptions& options);
Result<Document> readHtml(const std::string& path, const ReadOptions& options);
Result<Document> readPdf(const std::string& path, const ReadOptions& options);
Result<Document> readDocx(const std::string& path, const ReadOptions& options);
Result<Document> readOdt(const std::string& path, const ReadOptions& options);
Result<Document> readEpub(const std::string& path, const ReadOptions& options);
Result<Document> readRtf(const std::string& path, const ReadOptions& options);
Result<Document> readNotebook(const std::string& path, const ReadOptions& options);
Result<Document> readTable(const std::string& path, const ReadOptions& options);
Result<Document> readData(const std::string& path, const ReadOptions& options);
Result<Document> readMail(const std::string& path, const ReadOptions& options);
Result<Document> readStructuredText(const std::string& path, const ReadOptions& options);
Result<Document> readFolder(const std::string& path, const ReadOptions& options);

bool looksLikeHtml(std::string_view head);
bool looksLikeMail(std::string_view head);
bool looksLikePdf(std::string_view head);
bool looksLikeRtf(std::string_view head);

} // namespace lectern
