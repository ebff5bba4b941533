#include "ui/state/drop_paths.h"

#include <QDir>
#include <QFileInfo>

namespace lectern {

namespace {

// A GGUF file, or the folder of a Hugging Face model.
bool isModel(const QFileInfo& file)
{
    if (file.isFile())
        return file.suffix().compare(QLatin1String("gguf"), Qt::CaseInsensitive) == 0;
    const QDir folder(file.filePath());
    return file.isDir() && folder.exists(QStringLiteral("config.json")) &&
           (folder.exists(QStringLiteral("model.safetensors")) ||
            folder.exists(QStringLiteral("model.safetensors.index.json")));
}

} // namespace

DroppedPaths sortPaths(const QStringList& paths)
{
    DroppedPaths sorted;
    for (const QString& path : paths) {
        const QFileInfo file(path);
        if (path.isEmpty() || !file.exists()) {
            sorted.refused += path;
            continue;
        }
        const bool isCapture = file.isFile() && file.suffix() == QLatin1String("lectern-capture");
        QStringList& list = isModel(file) ? sorted.models : isCapture ? sorted.captures : sorted.documents;
        const QString absolute = file.absoluteFilePath();
        if (!list.contains(absolute))
            list += absolute;
    }
    return sorted;
}

DroppedPaths sortUrls(const QList<QUrl>& urls)
{
    QStringList paths;
    QStringList remote;
    for (const QUrl& url : urls)
        url.isLocalFile() ? paths.append(url.toLocalFile()) : remote.append(url.toDisplayString());
    DroppedPaths sorted = sortPaths(paths);
    sorted.refused += remote;
    return sorted;
}

} // namespace lectern
