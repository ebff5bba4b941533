// Reads C++ sources as text, well enough for the rules of the house: comments and literals apart, includes,
// functions found by counting braces.
#pragma once

#include <QString>
#include <QStringList>

namespace lectern::test {

struct FunctionSpan {
    int firstLine = 0; // from 1
    int lines = 0;
    QString header; // what stands before the body
};

struct SourceFile {
    QString path; // from the repository root: "engine/kv/kv_cache.h"
    int lines = 0;
    QString code;         // comments and the content of literals blanked, lines kept
    QStringList literals; // the content of string literals
    QStringList quoted;   // #include "..."
    QStringList angled;   // #include <...>

    // "engine/kv"; "engine" for files right in there; the third level counts to the second.
    QString folder() const;
    // "path:line" of a place in `code`.
    QString placeOf(qsizetype offset) const;
};

SourceFile scanSource(const QString& path, const QString& text);
// All .h and .cpp files under a folder of the repository, by path.
QList<SourceFile> scanFolder(const QString& root, const QString& folder);
// Bodies of functions and of lambdas outside functions; what lies inside a function counts to it.
QList<FunctionSpan> functionsOf(const SourceFile& file);

} // namespace lectern::test
