#include "ui/shortcuts_dialog.h"

#include "ui/command_palette.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QTableWidget>
#include <QVBoxLayout>

#include <utility>
#include <vector>

namespace lectern {

namespace {

// Keys that belong to a view, not to a command.
std::vector<std::pair<QString, QString>> viewKeys()
{
    using D = ShortcutsDialog;
    return {
        {D::tr("Send the question"), D::tr("Enter or Ctrl+Enter")},
        {D::tr("New line in the question"), D::tr("Shift+Enter")},
        {D::tr("Heads and heat map: move"), D::tr("Arrow keys")},
        {D::tr("Heat map: zoom in, zoom out, show all"), D::tr("+, -, 0")},
        {D::tr("Answer tokens: choose, whole answer"), D::tr("Up, Down, Home")},
        {D::tr("Next view, previous view"), D::tr("Tab, Shift+Tab")},
    };
}

} // namespace

ShortcutsDialog::ShortcutsDialog(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    setAccessibleName(windowTitle());
    resize(520, 600);
    auto* column = new QVBoxLayout(this);
    auto* table = new QTableWidget(0, 2, this);
    table->setHorizontalHeaderLabels({tr("What"), tr("Keys")});
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setHighlightSections(false);
    table->verticalHeader()->setDefaultSectionSize(int(1.7 * fontMetrics().height()));
    table->setAlternatingRowColors(true);
    table->setFrameShape(QFrame::NoFrame);
    table->setTabKeyNavigation(false); // Tab leaves the table
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAccessibleName(tr("List of shortcuts"));
    const auto addRow = [table](const QString& what, const QString& keys) {
        const int row = table->rowCount();
        table->insertRow(row);
        table->setItem(row, 0, new QTableWidgetItem(what));
        table->setItem(row, 1, new QTableWidgetItem(keys));
    };
    for (const QAction* action : actions)
        if (!action->shortcut().isEmpty())
            addRow(plainActionText(action->text()), action->shortcut().toString(QKeySequence::NativeText));
    for (const auto& [what, keys] : viewKeys())
        addRow(what, keys);
    table->setCurrentCell(-1, -1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(table, 1);
    column->addWidget(buttons);
}

} // namespace lectern
