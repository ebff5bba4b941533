// The list of sessions: choose, find by name, rename in place, move to the trash.
#pragma once

#include "ui/state/workspace.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace lectern {

class PlainLabel;

class SessionsView : public QWidget {
    Q_OBJECT
public:
    explicit SessionsView(Workspace& workspace, QWidget* parent = nullptr);

    void renameCurrent();
    void trashCurrent();

private:
    void openContextMenu(const QPoint& at);
    void showCurrent();

    Workspace& m_workspace;
    QSortFilterProxyModel* m_filtered = nullptr;
    QLineEdit* m_filter = nullptr;
    QListView* m_list = nullptr;
    PlainLabel* m_hint = nullptr; // in place of an empty list
    bool m_following = false; // the list is being moved to the open session, not by the person
};

} // namespace lectern
