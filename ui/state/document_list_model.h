// The documents of the open session: stored ones, those being read, and those that could not be. GUI thread.
#pragma once

#include "app/worker/values.h"
#include "ui/state/library.h"

#include <QAbstractListModel>

#include <vector>

namespace lectern {

enum class DocumentState { Reading, Ready, Failed };

struct DocumentItem {
    DocumentRow row;
    DocumentState state = DocumentState::Ready;
    double fraction = -1; // while reading; below 0: not known
    int page = 0;         // while reading
    QString message;      // warnings, or why it failed
};

class DocumentListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { NameRole = Qt::DisplayRole, IdRole = Qt::UserRole, DetailRole, StateRole, FractionRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    const DocumentItem& item(int row) const { return m_items[std::size_t(row)]; }
    const std::vector<DocumentItem>& items() const { return m_items; }
    int readyCount() const;
    std::int64_t totalTokens() const; // of the ready ones
    QModelIndex indexOf(std::int64_t id) const;
    std::vector<DocumentRow> readyRows() const;

    void reset(const std::vector<DocumentRow>& rows);
    // As reset, but rows being read and rows that failed stay.
    void replaceReady(const std::vector<DocumentRow>& rows);
    void beginReading(const QStringList& paths);
    void setProgress(const IngestProgress& progress);
    // Takes the place of the rows being read.
    void finishReading(const IngestReply& reply);
    void failReading(const QString& message);
    void forgetFailed(int row);

private:
    int rowOfPath(const QString& path) const;

    std::vector<DocumentItem> m_items;
};

// "PDF · 12 pages · 28,900 tokens · 1.2 MiB", "Reading 43 % · page 12", or why it failed.
QString documentDetail(const DocumentItem& item);

} // namespace lectern
