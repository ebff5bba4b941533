// Sorts what was dropped or named on the command line. Pure functions over the file system.
#pragma once

#include <QList>
#include <QStringList>
#include <QUrl>

namespace lectern {

struct DroppedPaths {
    QStringList models;    // .gguf files and folders of Hugging Face models
    QStringList captures;  // .lectern-capture files
    QStringList documents; // files and folders; each once
    QStringList refused;   // not local, or not there
    bool isEmpty() const { return models.isEmpty() && captures.isEmpty() && documents.isEmpty(); }
};

DroppedPaths sortPaths(const QStringList& paths);
DroppedPaths sortUrls(const QList<QUrl>& urls);

} // namespace lectern
