#include "ui/state/document_list_model.h"

#include "ui/common/format.h"
#include "ui/common/visible_text.h"

#include <QFileInfo>

#include <algorithm>

namespace lectern {

namespace {

DocumentItem itemOf(const IngestedDocument& document)
{
    DocumentItem item;
    item.row.id = document.id;
    item.row.name = QString::fromStdString(document.name);
    item.row.path = QString::fromStdString(document.path);
    item.row.kind = QString::fromStdString(document.kind);
    item.row.bytes = document.bytes;
    item.row.tokens = document.tokens;
    item.row.pages = document.pages;
    item.state = document.status == "failed" ? DocumentState::Failed : DocumentState::Ready;
    item.message = QString::fromStdString(document.message);
    return item;
}

} // namespace

int DocumentListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_items.size());
}

QVariant DocumentListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const DocumentItem& item = m_items[std::size_t(index.row())];
    switch (role) {
    case NameRole:
        return visibleLine(item.row.name);
    case IdRole:
        return qlonglong(item.row.id);
    case DetailRole:
        return documentDetail(item);
    case StateRole:
        return int(item.state);
    case FractionRole:
        return item.fraction;
    case Qt::ToolTipRole:
        return Qt::convertFromPlainText(visibleLine(item.row.path) + QLatin1Char('\n') +
                                        documentDetail(item));
    case Qt::AccessibleTextRole:
        return visibleLine(item.row.name) + QStringLiteral(", ") + documentDetail(item);
    default:
        return {};
    }
}

int DocumentListModel::readyCount() const
{
    return int(std::count_if(m_items.begin(), m_items.end(),
                             [](const DocumentItem& item) { return item.state == DocumentState::Ready; }));
}

std::int64_t DocumentListModel::totalTokens() const
{
    std::int64_t tokens = 0;
    for (const DocumentItem& item : m_items)
        tokens += item.state == DocumentState::Ready ? item.row.tokens : 0;
    return tokens;
}

QModelIndex DocumentListModel::indexOf(std::int64_t id) const
{
    for (int row = 0; row < rowCount(); ++row)
        if (id != 0 && m_items[std::size_t(row)].row.id == id)
            return index(row);
    return {};
}

std::vector<DocumentRow> DocumentListModel::readyRows() const
{
    std::vector<DocumentRow> rows;
    for (const DocumentItem& item : m_items)
        if (item.state == DocumentState::Ready)
            rows.push_back(item.row);
    return rows;
}

void DocumentListModel::reset(const std::vector<DocumentRow>& rows)
{
    beginResetModel();
    m_items.clear();
    for (const DocumentRow& row : rows)
        m_items.push_back({row, DocumentState::Ready, -1, 0, {}});
    endResetModel();
}

void DocumentListModel::replaceReady(const std::vector<DocumentRow>& rows)
{
    beginResetModel();
    std::vector<DocumentItem> items;
    for (const DocumentRow& row : rows) {
        DocumentItem item{row, DocumentState::Ready, -1, 0, {}};
        for (const DocumentItem& old : m_items)
            if (old.row.id == row.id)
                item.message = old.message;
        items.push_back(std::move(item));
    }
    for (DocumentItem& old : m_items)
        if (old.state != DocumentState::Ready)
            items.push_back(std::move(old));
    m_items = std::move(items);
    endResetModel();
}

void DocumentListModel::beginReading(const QStringList& paths)
{
    if (paths.isEmpty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + int(paths.size()) - 1);
    for (const QString& path : paths) {
        DocumentItem item;
        item.row.path = path;
        item.row.name = QFileInfo(path).fileName();
        item.state = DocumentState::Reading;
        m_items.push_back(std::move(item));
    }
    endInsertRows();
}

void DocumentListModel::setProgress(const IngestProgress& progress)
{
    const int row = rowOfPath(QString::fromStdString(progress.path));
    if (row < 0)
        return;
    DocumentItem& item = m_items[std::size_t(row)];
    item.page = progress.page;
    item.fraction = progress.totalBytes > 0
                        ? std::min(1.0, double(progress.doneBytes) / double(progress.totalBytes))
                        : -1;
    emit dataChanged(index(row), index(row));
}

void DocumentListModel::finishReading(const IngestReply& reply)
{
    beginResetModel();
    std::erase_if(m_items, [](const DocumentItem& item) { return item.state == DocumentState::Reading; });
    for (const IngestedDocument& document : reply.documents)
        m_items.push_back(itemOf(document));
    endResetModel();
}

void DocumentListModel::failReading(const QString& message)
{
    for (int row = 0; row < rowCount(); ++row) {
        DocumentItem& item = m_items[std::size_t(row)];
        if (item.state != DocumentState::Reading)
            continue;
        item.state = DocumentState::Failed;
        item.message = message;
        emit dataChanged(index(row), index(row));
    }
}

void DocumentListModel::forgetFailed(int row)
{
    if (row < 0 || row >= rowCount() || m_items[std::size_t(row)].state != DocumentState::Failed)
        return;
    beginRemoveRows({}, row, row);
    m_items.erase(m_items.begin() + row);
    endRemoveRows();
}

int DocumentListModel::rowOfPath(const QString& path) const
{
    const auto reads = [&](const DocumentItem& item, bool exactly) {
        return item.state == DocumentState::Reading &&
               (item.row.path == path || (!exactly && path.startsWith(item.row.path + QLatin1Char('/'))));
    };
    for (const bool exactly : {true, false})
        for (int row = 0; row < rowCount(); ++row)
            if (reads(m_items[std::size_t(row)], exactly))
                return row;
    return -1;
}

QString documentDetail(const DocumentItem& item)
{
    using M = DocumentListModel;
    QStringList parts;
    if (item.state == DocumentState::Reading) {
        parts +=
            item.fraction >= 0 ? M::tr("Reading %1").arg(formatPercent(item.fraction)) : M::tr("Waiting");
        if (item.page > 0)
            parts += M::tr("page %1").arg(item.page);
        return parts.join(QStringLiteral(" · "));
    }
    if (item.state == DocumentState::Failed)
        return M::tr("Not added: %1").arg(item.message);
    if (item.row.pages > 0)
        parts += formatPlural(QT_TRANSLATE_NOOP("Format", "%Ln page(s)"), item.row.pages);
    if (item.row.tokens > 0)
        parts += formatTokens(item.row.tokens);
    if (item.row.bytes > 0)
        parts += formatBytes(item.row.bytes);
    if (!item.message.isEmpty())
        parts += item.message;
    return parts.join(QStringLiteral(" · "));
}

} // namespace lectern
