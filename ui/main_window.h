// The window: the views of views.h as docks around the conversation, the commands of commands.h as menus and
// keys, the status line, messages, and files dropped anywhere.
#pragma once

#include "ui/commands.h"
#include "ui/state/workspace.h"
#include "ui/views.h"

#include <QMainWindow>

#include <map>

class QDockWidget;
class QMenu;

namespace lectern {

class ChatView;
class DocumentsView;
class DropHint;
class MessageBar;
class SessionsView;
class StatusLine;
class Toast;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Workspace& workspace, QWidget* parent = nullptr);

    void run(Command command);
    QAction* action(Command command) const { return m_actions.at(command); }
    QDockWidget* dock(const QString& name) const; // nullptr for the middle view
    QWidget* view(const QString& name) const;
    void showView(const QString& name); // and gives it the focus
    MessageBar& messageBar() { return *m_messages; }
    Toast& toast() { return *m_toast; }
    StatusLine& statusLine() { return *m_status; }
    // As Markdown, HTML or PDF, by the name's end.
    void saveConversationTo(const QString& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void childEvent(QChildEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void buildViews();
    void buildMenus();
    void connectWorkspace();
    void prepareTabBars();
    void resetLayout();
    void showProblem(const Problem& problem);
    void runInSession(Command command);
    void showTitle();
    void enableCommands();
    void addDocuments(bool folder);
    void openModel();
    void saveConversation();
    void savePicture();
    void saveCapture();
    void openCapture();
    void editLastQuestion();
    void showModelDetails();
    void showSettings();
    void showAbout();
    void stepPassage(int step);
    void find();
    QList<QAction*> allActions() const;

    Workspace& m_workspace;
    std::map<Command, QAction*> m_actions;
    std::map<QString, QDockWidget*> m_docks;
    std::map<QString, QWidget*> m_views;
    QList<QAction*> m_viewActions;
    QWidget* m_centre = nullptr;
    MessageBar* m_messages = nullptr;
    Toast* m_toast = nullptr;
    StatusLine* m_status = nullptr;
    DropHint* m_dropHint = nullptr;
    ChatView* m_chat = nullptr;
    DocumentsView* m_documents = nullptr;
    SessionsView* m_sessions = nullptr;
};

} // namespace lectern
