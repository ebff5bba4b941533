#include "ui/sessions/sessions_view.h"

#include "ui/common/icons.h"
#include "ui/common/plain_label.h"
#include "ui/common/two_line_delegate.h"

#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

namespace lectern {

SessionsView::SessionsView(Workspace& workspace, QWidget* parent) : QWidget(parent), m_workspace(workspace)
{
    setAccessibleName(tr("Sessions"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(6);
    auto* fresh = new QPushButton(icon(QStringLiteral("new-session")), tr("New session"), this);
    fresh->setAccessibleName(tr("New session"));
    connect(fresh, &QPushButton::clicked, &m_workspace, &Workspace::newSession);
    m_filter = new QLineEdit(this);
    m_filter->setPlaceholderText(tr("Find a session"));
    m_filter->setAccessibleName(tr("Find a session"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_filtered = new QSortFilterProxyModel(this);
    m_filtered->setSourceModel(&m_workspace.sessions());
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    connect(m_filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    m_list = new QListView(this);
    m_list->setModel(m_filtered);
    m_list->setItemDelegate(new TwoLineDelegate({SessionListModel::DetailRole, -1, -1}, m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::SelectedClicked);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Sessions, latest first"));
    connect(m_list, &QListView::customContextMenuRequested, this, &SessionsView::openContextMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        const auto id = index.data(SessionListModel::IdRole).toLongLong();
        if (!m_following && id != 0 && id != m_workspace.session())
            m_workspace.openSession(id);
    });
    column->addWidget(fresh);
    column->addWidget(m_filter);
    m_hint = new PlainLabel(tr("What you read and ask is kept here."), this);
    m_hint->setMuted(true);
    m_hint->setWordWrap(true);
    m_hint->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_hint->setContentsMargins(4, 12, 4, 4);
    column->addWidget(m_hint, 1);
    column->addWidget(m_list, 1);
    connect(&m_workspace, &Workspace::sessionChanged, this, &SessionsView::showCurrent);
    connect(&m_workspace.sessions(), &SessionListModel::modelAboutToBeReset, this, [this] { m_following = true; });
    connect(&m_workspace.sessions(), &SessionListModel::modelReset, this, &SessionsView::showCurrent,
            Qt::QueuedConnection);
    showCurrent();
}

void SessionsView::renameCurrent()
{
    if (const QModelIndex index = m_list->currentIndex(); index.isValid())
        m_list->edit(index);
}

void SessionsView::trashCurrent()
{
    if (m_workspace.session() != 0)
        m_workspace.trashSession(m_workspace.session());
}

void SessionsView::openContextMenu(const QPoint& at)
{
    const QModelIndex index = m_list->indexAt(at);
    if (!index.isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Rename"), this, [this, index = QPersistentModelIndex(index)] { m_list->edit(index); });
    menu->addAction(icon(QStringLiteral("trash")), tr("&Move to trash"), this,
                    [this, id = index.data(SessionListModel::IdRole).toLongLong()] { m_workspace.trashSession(id); });
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

void SessionsView::showCurrent()
{
    m_hint->setVisible(m_workspace.sessions().rowCount() == 0);
    m_list->setVisible(m_workspace.sessions().rowCount() > 0);
    m_following = true;
    const QModelIndex index = m_filtered->mapFromSource(m_workspace.sessions().indexOf(m_workspace.session()));
    if (index.isValid())
        m_list->setCurrentIndex(index);
    else
        m_list->clearSelection();
    m_following = false;
}

} // namespace lectern
