#include "ui/command_palette.h"

#include <QAction>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTreeView>
#include <QRegularExpression>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace lectern {

namespace {
constexpr int kIndexRole = Qt::UserRole + 1;
}

QString plainActionText(const QString& text)
{
    QString plain = text;
    plain.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
    return plain;
}

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent) : QDialog(parent), m_actions(actions)
{
    setObjectName(QStringLiteral("commandPalette"));
    setWindowTitle(tr("Command palette"));
    setAccessibleName(windowTitle());
    resize(460, 380);
    auto* column = new QVBoxLayout(this);
    m_edit = new QLineEdit(this);
    m_edit->setPlaceholderText(tr("What do you want to do?"));
    m_edit->setAccessibleName(tr("Command"));
    m_edit->installEventFilter(this);
    m_model = new QStandardItemModel(this);
    QPixmap nothing(16, 16);
    nothing.fill(Qt::transparent);
    const QIcon blank(nothing); // keeps the names in line
    for (int i = 0; i < m_actions.size(); ++i) {
        const QAction* action = m_actions[i];
        if (!action->isEnabled() || !action->isVisible() || action->text().isEmpty())
            continue;
        auto* item = new QStandardItem(action->icon().isNull() ? blank : action->icon(), plainActionText(action->text()));
        item->setData(i, kIndexRole);
        auto* keys = new QStandardItem(action->shortcut().toString(QKeySequence::NativeText));
        keys->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        m_model->appendRow({item, keys});
    }
    m_filtered = new QSortFilterProxyModel(this);
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list = new QTreeView(this);
    m_list->setModel(m_filtered);
    m_list->setHeaderHidden(true);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setIconSize({16, 16});
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_list->setAccessibleName(tr("Matching commands"));
    m_list->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_edit);
    column->addWidget(m_list, 1);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_edit, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QTreeView::clicked, this, &CommandPalette::runCurrent);
    filter({});
}

void CommandPalette::filter(const QString& text)
{
    // The letters in their order, with anything between: "ad" finds "Add documents".
    QString pattern;
    for (const QChar letter : text)
        pattern += QRegularExpression::escape(QString(letter)) + QStringLiteral(".*");
    m_filtered->setFilterRegularExpression(
        QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption));
    m_list->setCurrentIndex(m_filtered->index(0, 0));
}

void CommandPalette::runCurrent()
{
    const QModelIndex index = m_list->currentIndex().siblingAtColumn(0);
    if (!index.isValid())
        return;
    QAction* action = m_actions[index.data(kIndexRole).toInt()];
    accept();
    action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int row = m_list->currentIndex().row() + (key == Qt::Key_Down ? 1 : -1);
            m_list->setCurrentIndex(m_filtered->index(qBound(0, row, m_filtered->rowCount() - 1), 0));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace lectern
