// Type a few letters, choose a command. Ctrl+K.
#pragma once

#include <QDialog>
#include <QList>

class QAction;
class QLineEdit;
class QTreeView;
class QSortFilterProxyModel;
class QStandardItemModel;

namespace lectern {

class CommandPalette : public QDialog {
    Q_OBJECT
public:
    CommandPalette(const QList<QAction*>& actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void filter(const QString& text);
    void runCurrent();

    QList<QAction*> m_actions;
    QLineEdit* m_edit = nullptr;
    QTreeView* m_list = nullptr;
    QStandardItemModel* m_model = nullptr;
    QSortFilterProxyModel* m_filtered = nullptr;
};

// "&New session…" as it is read: "New session".
QString plainActionText(const QString& text);

} // namespace lectern
