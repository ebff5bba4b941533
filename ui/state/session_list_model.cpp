#include "ui/state/session_list_model.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace lectern {

int SessionListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant SessionListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const SessionRow& row = m_rows[std::size_t(index.row())];
    switch (role) {
    case NameRole:
        return visibleLine(row.name.isEmpty() ? tr("New session") : row.name);
    case Qt::EditRole:
        return row.name;
    case IdRole:
        return qlonglong(row.id);
    case DetailRole:
        return sessionDetail(row, QDateTime::currentMSecsSinceEpoch());
    case Qt::AccessibleTextRole:
        return data(index, NameRole).toString() + QStringLiteral(", ") + data(index, DetailRole).toString();
    default:
        return {};
    }
}

bool SessionListModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || value.toString().trimmed().isEmpty())
        return false;
    emit renameWanted(m_rows[std::size_t(index.row())].id, value.toString().trimmed());
    return true;
}

Qt::ItemFlags SessionListModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsEditable : flags;
}

void SessionListModel::reset(std::vector<SessionRow> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

const SessionRow* SessionListModel::find(std::int64_t id) const
{
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [id](const auto& row) { return row.id == id; });
    return found == m_rows.end() ? nullptr : &*found;
}

QModelIndex SessionListModel::indexOf(std::int64_t id) const
{
    const SessionRow* row = find(id);
    return row ? index(int(row - m_rows.data())) : QModelIndex();
}

QString sessionDetail(const SessionRow& row, std::int64_t todayMs)
{
    const QDateTime changed = QDateTime::fromMSecsSinceEpoch(row.changedMs);
    const QLocale locale;
    const bool today = changed.date() == QDateTime::fromMSecsSinceEpoch(todayMs).date();
    const QString when = today ? locale.toString(changed.time(), QLocale::ShortFormat)
                               : locale.toString(changed.date(), QLocale::ShortFormat);
    const QString documents = formatPlural(QT_TRANSLATE_NOOP("Format", "%Ln document(s)"), row.documents);
    return QStringList{documents, when}.join(QStringLiteral(" · "));
}

} // namespace lectern
