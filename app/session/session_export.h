// A session as a file for other people and programs. Everything in it is escaped for the format it goes into; nothing in
// an exported file runs, loads or links.
#pragma once

#include "app/session/session_types.h"
#include "engine/base/result.h"

#include <span>
#include <string>
#include <string_view>

namespace lectern {

struct ExportFormat {
    const char* name;      // "md"
    const char* label;     // for people: "Markdown"
    const char* extension; // with its dot
    Result<std::string> (*write)(const SessionContent& content);
};

// md, html, json and pdf; all but json leave the documents' texts out and keep the passages that answers name.
std::span<const ExportFormat> exportFormats();
// nullptr where there is none of this name.
const ExportFormat* exportFormat(std::string_view name);

Result<std::string> sessionMarkdown(const SessionContent& content);
Result<std::string> sessionHtml(const SessionContent& content);
// Needs a QGuiApplication, for its fonts.
Result<std::string> sessionPdf(const SessionContent& content);
// Complete: what sessionFromJson() makes of it is the same session.
Result<std::string> sessionJson(const SessionContent& content);
// BadInput where `json` is not what sessionJson() writes, Unsupported where a newer Lectern wrote it.
Result<SessionContent> sessionFromJson(std::string_view json);

} // namespace lectern
