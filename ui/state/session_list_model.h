// The kept sessions, latest first. GUI thread.
#pragma once

#include "ui/state/library.h"

#include <QAbstractListModel>

#include <vector>

namespace lectern {

class SessionListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { NameRole = Qt::DisplayRole, IdRole = Qt::UserRole, DetailRole };
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // Editing a name asks for renameWanted; the row changes when the store has it.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    void reset(std::vector<SessionRow> rows);
    const SessionRow* find(std::int64_t id) const; // nullptr if absent
    QModelIndex indexOf(std::int64_t id) const;

signals:
    void renameWanted(std::int64_t id, const QString& name);

private:
    std::vector<SessionRow> m_rows;
};

// "2 documents · 5 messages · 14:03", with the date where it is not `todayMs`'s day.
QString sessionDetail(const SessionRow& row, std::int64_t todayMs);

} // namespace lectern
