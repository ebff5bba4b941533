#include "ui/main_window.h"

#include "ui/chat/chat_view.h"
#include "ui/common/icons.h"
#include "ui/common/message_bar.h"
#include "ui/common/painted_view.h"
#include "ui/common/toast.h"
#include "ui/common/visible_text.h"
#include "ui/documents/documents_view.h"
#include "ui/drop_hint.h"
#include "ui/models/models_view.h"
#include "ui/sessions/sessions_view.h"
#include "ui/state/drop_paths.h"
#include "ui/status_line.h"

#include <QAction>
#include <QApplication>
#include <QChildEvent>
#include <QCloseEvent>
#include <QCoreApplication>
#include <QDockWidget>
#include <QDropEvent>
#include <QLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace lectern {

namespace {

QString viewTitle(const ViewInfo& view)
{
    return QCoreApplication::translate("Views", view.title);
}

} // namespace

MainWindow::MainWindow(Workspace& workspace, QWidget* parent) : QMainWindow(parent), m_workspace(workspace)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setAccessibleName(tr("Lectern"));
    buildViews();
    buildMenus();
    m_toast = new Toast(m_centre, 4 * fontMetrics().height()); // clear of the line to ask in
    m_dropHint = new DropHint(this);
    connectWorkspace();
    const QByteArray layout = m_workspace.settings().windowLayout();
    resetLayout();
    if (!layout.isEmpty())
        restoreState(layout, Settings::kVersion);
    const auto takeSize = [this] {
        if (!restoreGeometry(m_workspace.settings().windowGeometry()))
            resize(1360, 860);
    };
    takeSize();
    QMainWindow::layout()->activate(); // until here docks count as one below the other
    takeSize();
    showTitle();
    enableCommands();
    m_chat->focusComposer();
}

void MainWindow::buildViews()
{
    m_centre = new QWidget(this);
    auto* column = new QVBoxLayout(m_centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* messages = new QWidget(m_centre);
    auto* messageRow = new QVBoxLayout(messages);
    messageRow->setContentsMargins(10, 8, 10, 2);
    m_messages = new MessageBar(messages);
    messageRow->addWidget(m_messages);
    messages->hide();
    m_messages->installEventFilter(this); // shows its row with it
    column->addWidget(messages);
    setCentralWidget(m_centre);
    for (const ViewInfo& info : views()) {
        const QString name = QString::fromLatin1(info.name);
        if (info.area == Qt::NoDockWidgetArea) {
            m_views[name] = info.make(m_workspace, m_centre);
            column->addWidget(m_views[name], 1);
            continue;
        }
        auto* dock = new QDockWidget(viewTitle(info), this);
        dock->setObjectName(name);
        dock->setAccessibleName(viewTitle(info));
        m_views[name] = info.make(m_workspace, dock);
        dock->setWidget(m_views[name]);
        m_docks[name] = dock;
        addDockWidget(info.area, dock);
    }
    m_chat = qobject_cast<ChatView*>(view(QStringLiteral("chat")));
    m_documents = qobject_cast<DocumentsView*>(view(QStringLiteral("documents")));
    m_sessions = qobject_cast<SessionsView*>(view(QStringLiteral("sessions")));
    m_status = new StatusLine(m_workspace, this);
    statusBar()->addWidget(m_status, 1);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setAccessibleName(tr("Status bar"));
}

void MainWindow::buildMenus()
{
    std::map<QString, QMenu*> menus;
    for (const CommandInfo& info : commands()) {
        const QString title = QCoreApplication::translate("Commands", info.menu);
        if (!menus.count(title)) {
            menus[title] = menuBar()->addMenu(title);
            menus[title]->setAccessibleName(QString(title).remove(QLatin1Char('&')));
        }
        QMenu* menu = menus[title];
        const bool firstOfView = info.command == Command::ResetLayout;
        if (firstOfView) {
            int number = 1;
            for (const ViewInfo& view : views()) {
                auto* action = new QAction(icon(QString::fromLatin1(view.icon)), viewTitle(view), this);
                const int key = number++; // Ctrl+1 .. Ctrl+9, then Ctrl+Alt+1 ..
                action->setShortcut(key <= 9
                                        ? QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_0 + key))
                                        : QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key(Qt::Key_0 + key - 9)));
                connect(action, &QAction::triggered, this,
                        [this, name = QString::fromLatin1(view.name)] { showView(name); });
                menu->addAction(action);
                m_viewActions.append(action);
            }
            menu->addSeparator();
            for (const auto& [name, dock] : m_docks) {
                QAction* toggle = dock->toggleViewAction();
                toggle->setText(tr("Show %1").arg(dock->windowTitle()));
                menu->addAction(toggle);
            }
        }
        if (info.separatorBefore)
            menu->addSeparator();
        auto* action = new QAction(QCoreApplication::translate("Commands", info.text), this);
        if (*info.icon)
            action->setIcon(icon(QString::fromLatin1(info.icon)));
        action->setShortcut(QKeySequence(QString::fromLatin1(info.shortcut), QKeySequence::PortableText));
        connect(action, &QAction::triggered, this, [this, command = info.command] { run(command); });
        menu->addAction(action);
        m_actions[info.command] = action;
    }
    m_actions[Command::FullScreen]->setCheckable(true);
    m_actions[Command::Quit]->setMenuRole(QAction::QuitRole);
}

void MainWindow::connectWorkspace()
{
    connect(&m_workspace, &Workspace::problem, this, &MainWindow::showProblem);
    connect(&m_workspace, &Workspace::noticed, m_toast, &Toast::notify);
    connect(&m_workspace, &Workspace::noticedUndoable, m_toast, &Toast::notifyUndoable);
    connect(&m_workspace, &Workspace::sessionChanged, this,
            [this, shown = m_workspace.session()](std::int64_t session) mutable {
                if (session != shown)
                    m_messages->hide(); // it was about another session
                shown = session;
                showTitle();
                enableCommands();
            });
    connect(&m_workspace, &Workspace::modelChanged, this, [this] {
        m_messages->hide();
        enableCommands();
    });
    connect(&m_workspace, &Workspace::activityChanged, this, &MainWindow::enableCommands);
    connect(&m_workspace, &Workspace::documentsChanged, this, &MainWindow::enableCommands);
    connect(&m_workspace.selection(), &Selection::passageShown, this, [this] {
        QDockWidget* documents = dock(QStringLiteral("documents"));
        documents->show();
        documents->raise();
    });
    connect(m_chat, &ChatView::addDocumentsWanted, this, [this] { run(Command::AddDocuments); });
    connect(m_documents, &DocumentsView::addDocumentsWanted, this, [this] { run(Command::AddDocuments); });
    connect(&m_workspace, &Workspace::comparisonWanted, this,
            [this] { showView(QStringLiteral("compare")); });
    if (auto* models = qobject_cast<ModelsView*>(view(QStringLiteral("models")))) {
        connect(models, &ModelsView::openModelWanted, this, [this] { run(Command::OpenModel); });
        connect(models, &ModelsView::detailsWanted, this, [this] { run(Command::ModelFacts); });
    }
    for (PaintedView* picture : findChildren<PaintedView*>()) {
        connect(picture, &PaintedView::exported, &m_workspace, &Workspace::noticed);
        connect(picture, &PaintedView::exportFailed, this,
                [this](const QString& title, const QString& details) {
                    showProblem({title, details, Problem::Fix::None});
                });
    }
    connect(m_status, &StatusLine::modelDetailsWanted, this,
            [this] { run(m_workspace.model() ? Command::ModelFacts : Command::OpenModel); });
}

QDockWidget* MainWindow::dock(const QString& name) const
{
    const auto found = m_docks.find(name);
    return found == m_docks.end() ? nullptr : found->second;
}

QWidget* MainWindow::view(const QString& name) const
{
    const auto found = m_views.find(name);
    return found == m_views.end() ? nullptr : found->second;
}

void MainWindow::showView(const QString& name)
{
    if (QDockWidget* shown = dock(name)) {
        shown->show();
        shown->raise();
        shown->activateWindow();
    }
    QWidget* target = view(name);
    if (target == m_chat) {
        m_chat->focusComposer();
        return;
    }
    // The first widget inside that takes the focus by Tab.
    for (QWidget* widget : target->findChildren<QWidget*>())
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus)) {
            widget->setFocus(Qt::ShortcutFocusReason);
            return;
        }
}

void MainWindow::resetLayout()
{
    for (const ViewInfo& info : views()) {
        QDockWidget* shown = dock(QString::fromLatin1(info.name));
        if (!shown)
            continue;
        shown->setFloating(false);
        addDockWidget(info.area, shown);
        shown->setVisible(info.atFirst == AtFirst::Open);
    }
    for (const ViewInfo& info : views())
        if (info.tabbedWith)
            tabifyDockWidget(dock(QString::fromLatin1(info.tabbedWith)),
                             dock(QString::fromLatin1(info.name)));
    resizeDocks({dock(QStringLiteral("sessions")), dock(QStringLiteral("documents"))}, {230, 520},
                Qt::Horizontal);
    dock(QStringLiteral("sessions"))->raise();
    dock(QStringLiteral("documents"))->raise();
}

void MainWindow::showTitle()
{
    setWindowTitle(tr("%1 – Lectern").arg(visibleLine(m_workspace.sessionName())));
}

void MainWindow::enableCommands()
{
    const bool hasChat = m_workspace.chat().rowCount() > 0;
    m_actions[Command::Stop]->setEnabled(m_workspace.isBusy());
    m_actions[Command::ModelFacts]->setEnabled(m_workspace.model().has_value());
    m_actions[Command::TrySample]->setEnabled(m_workspace.hasSample());
    for (const Command command : {Command::SaveConversation, Command::CopyConversation, Command::SaveCapture})
        m_actions[command]->setEnabled(hasChat);
    const bool canAskAgain = hasChat && !m_workspace.isBusy() && m_workspace.session() != 0;
    for (const Command command : {Command::EditQuestion, Command::Regenerate, Command::Branch})
        m_actions[command]->setEnabled(canAskAgain);
    for (const Command command : {Command::RenameSession, Command::TrashSession})
        m_actions[command]->setEnabled(m_workspace.session() != 0);
    m_actions[Command::FindInDocument]->setEnabled(m_workspace.documents().readyCount() > 0);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_messages &&
        (event->type() == QEvent::ShowToParent || event->type() == QEvent::HideToParent))
        m_messages->parentWidget()->setVisible(event->type() == QEvent::ShowToParent);
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!event->mimeData()->hasUrls())
        return;
    const DroppedPaths dropped = sortUrls(event->mimeData()->urls());
    if (dropped.isEmpty())
        return;
    event->acceptProposedAction();
    m_dropHint->setText(dropped.documents.isEmpty() ? tr("Drop to open this model")
                                                    : tr("Drop to add to this session"));
    m_dropHint->setGeometry(rect());
    m_dropHint->show();
    m_dropHint->raise();
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event)
{
    if (m_dropHint->isVisible())
        event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*)
{
    m_dropHint->hide();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    m_dropHint->hide();
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths += url.toLocalFile();
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    m_workspace.openPaths(paths);
    m_chat->focusComposer();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_workspace.settings().saveWindow(saveGeometry(), saveState(Settings::kVersion));
    m_workspace.keepDraft(m_chat->draft());
    QMainWindow::closeEvent(event);
}

// The bars of tabbed docks come and go with the layout, here and in groups that float; screen readers want a name for
// each, and people whole titles: a bar too narrow for all scrolls. A child is only whole after the event that tells of it.
void MainWindow::childEvent(QChildEvent* event)
{
    QMainWindow::childEvent(event);
    if (event->added() && event->child()->isWidgetType())
        QMetaObject::invokeMethod(this, &MainWindow::prepareTabBars, Qt::QueuedConnection);
}

void MainWindow::prepareTabBars()
{
    for (QTabBar* bar : findChildren<QTabBar*>()) {
        if (!bar->accessibleName().isEmpty() || qobject_cast<QTabWidget*>(bar->parentWidget()))
            continue;
        bar->setAccessibleName(tr("Views"));
        bar->setElideMode(Qt::ElideNone);
        bar->setUsesScrollButtons(true);
    }
}

// Docks behind others of their tabs stay visible for Qt, outside the window: Tab must not lead to them.
bool MainWindow::focusNextPrevChild(bool next)
{
    const auto isBehind = [this](const QWidget* widget) {
        for (const auto& [name, dock] : m_docks)
            if (dock->isAncestorOf(widget))
                return !dock->isFloating() && !rect().intersects(dock->geometry());
        return false;
    };
    const QWidget* first = nullptr; // each widget is tried once at most
    while (QMainWindow::focusNextPrevChild(next)) {
        const QWidget* focus = focusWidget();
        if (!focus || !isBehind(focus))
            return true;
        if (focus == first)
            return false;
        if (!first)
            first = focus;
    }
    return false;
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange && m_actions.count(Command::FullScreen))
        m_actions[Command::FullScreen]->setChecked(isFullScreen());
}

QList<QAction*> MainWindow::allActions() const
{
    QList<QAction*> actions = m_viewActions;
    for (const CommandInfo& info : commands())
        actions.append(m_actions.at(info.command));
    return actions;
}

} // namespace lectern
