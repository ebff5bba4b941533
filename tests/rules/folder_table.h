// Which folder may include which: the design of the house, as a table.
#pragma once

#include <QString>
#include <QStringList>

namespace lectern::test {

struct FolderRow {
    const char* folder;
    const char* mayInclude; // folders, space-separated; "x/*" is every folder below x
};

// Files may always include their own folder.
inline constexpr FolderRow kFolderTable[] = {
    {"engine/base", ""},
    {"engine/telemetry", "engine/base"},
    {"engine/format", "engine/base"},
    {"engine/quant", "engine/base"},
    {"engine/text", "engine/format engine/base"},
    {"engine/attention", "engine/base"},
    {"engine/plan", "engine/attention engine/format engine/base"},
    {"engine/kv", "engine/attention engine/quant engine/telemetry engine/base"},
    {"engine/kernels", "engine/kv engine/attention engine/quant engine/base"},
    {"engine/model", "engine/kernels engine/kv engine/attention engine/quant engine/format engine/base"},
    {"engine/convert", "engine/text engine/quant engine/format engine/base"},
    {"engine/run", "engine/plan engine/model engine/kv engine/text engine/telemetry engine/format engine/base"},
    {"engine/snapshot",
     "engine/run engine/plan engine/model engine/kv engine/attention engine/text engine/format engine/telemetry engine/base"},
    {"engine/tune",
     "engine/run engine/model engine/kernels engine/kv engine/attention engine/quant engine/text "
     "engine/format engine/telemetry engine/base"},
    {"engine", "engine/run engine/telemetry engine/base"},
    {"app/documents", "engine/base"},
    {"app/session", "app/documents engine/base"},
    {"app/worker", "app/documents app/session engine engine/*"},
    {"app/cli", "app/worker app/session app/documents engine engine/*"},
    {"app", "app/* ui ui/* engine engine/*"},
    {"ui/common", "app/worker app/session engine/telemetry engine/base"},
    {"ui/state", "ui/common app/worker app/session engine/telemetry engine/base"},
    {"ui/*", "ui/state ui/common app/worker app/session engine/telemetry engine/base"},
    {"ui", "ui/* app/worker app/session engine/telemetry engine/base"},
};

inline bool matchesFolder(const QString& pattern, const QString& folder)
{
    return pattern.endsWith(QLatin1String("/*")) ? folder.startsWith(pattern.chopped(1)) : folder == pattern;
}

// The row of a folder; nullptr where the table has none.
inline const FolderRow* folderRow(const QString& folder)
{
    for (const FolderRow& row : kFolderTable)
        if (matchesFolder(QString::fromLatin1(row.folder), folder))
            return &row;
    return nullptr;
}

inline bool mayInclude(const FolderRow& row, const QString& from, const QString& to)
{
    if (from == to)
        return true;
    for (const QString& pattern : QString::fromLatin1(row.mayInclude).split(u' ', Qt::SkipEmptyParts))
        if (matchesFolder(pattern, to))
            return true;
    return false;
}

} // namespace lectern::test
