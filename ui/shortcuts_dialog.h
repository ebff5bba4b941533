// The list of keyboard shortcuts. F1.
#pragma once

#include <QDialog>
#include <QList>

class QAction;

namespace lectern {

class ShortcutsDialog : public QDialog {
    Q_OBJECT
public:
    ShortcutsDialog(const QList<QAction*>& actions, QWidget* parent);
};

} // namespace lectern
