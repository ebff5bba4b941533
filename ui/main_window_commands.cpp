// What each command of the window does.
#include "ui/chat/chat_view.h"
#include "ui/command_palette.h"
#include "ui/common/appearance.h"
#include "ui/common/message_bar.h"
#include "ui/common/visible_text.h"
#include "ui/documents/documents_view.h"
#include "ui/main_window.h"
#include "ui/models/model_dialog.h"
#include "ui/sessions/sessions_view.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shortcuts_dialog.h"
#include "ui/state/conversation_export.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QMessageBox>

namespace lectern {

void MainWindow::run(Command command)
{
    switch (command) {
    case Command::NewSession:
        m_workspace.newSession();
        m_chat->focusComposer();
        break;
    case Command::AddDocuments:
        addDocuments(false);
        break;
    case Command::AddFolder:
        addDocuments(true);
        break;
    case Command::OpenModel:
        openModel();
        break;
    case Command::TrySample:
        m_chat->trySample();
        break;
    case Command::ModelFacts:
        showModelDetails();
        break;
    case Command::SaveConversation:
        saveConversation();
        break;
    case Command::SavePicture:
        savePicture();
        break;
    case Command::SaveCapture:
        saveCapture();
        break;
    case Command::OpenCapture:
        openCapture();
        break;
    case Command::Settings:
        showSettings();
        break;
    case Command::Quit:
        close();
        break;
    case Command::ResetLayout:
        resetLayout();
        break;
    case Command::FullScreen:
        setWindowState(windowState() ^ Qt::WindowFullScreen);
        break;
    case Command::CommandPalette:
        (new CommandPalette(allActions(), this))->open();
        break;
    case Command::Shortcuts:
        (new ShortcutsDialog(allActions(), this))->open();
        break;
    case Command::About:
        showAbout();
        break;
    default:
        runInSession(command);
    }
}

// What works on the session on screen.
void MainWindow::runInSession(Command command)
{
    switch (command) {
    case Command::EditQuestion:
        editLastQuestion();
        break;
    case Command::Regenerate:
        m_workspace.regenerate();
        break;
    case Command::Branch:
        if (const auto& messages = m_workspace.chat().messages(); !messages.empty())
            m_workspace.branchAt(messages.back().id);
        break;
    case Command::NextSentence:
        m_chat->stepSentence(1);
        break;
    case Command::PreviousSentence:
        m_chat->stepSentence(-1);
        break;
    case Command::AddBookmark:
        m_workspace.addBookmark();
        break;
    case Command::FindInConversation:
        find();
        break;
    case Command::FindInDocument:
        showView(QStringLiteral("documents"));
        m_documents->openFind();
        break;
    case Command::CopyConversation:
        QGuiApplication::clipboard()->setText(conversationMarkdown(m_workspace.chat().messages()));
        emit m_workspace.noticed(tr("Conversation copied"));
        break;
    case Command::RenameSession:
        dock(QStringLiteral("sessions"))->show();
        m_sessions->renameCurrent();
        break;
    case Command::TrashSession:
        m_sessions->trashCurrent();
        break;
    case Command::Stop:
        m_workspace.stop();
        break;
    case Command::FocusQuestion:
        m_chat->focusComposer();
        break;
    case Command::NextPassage:
        stepPassage(1);
        break;
    case Command::PreviousPassage:
        stepPassage(-1);
        break;
    default:
        break; // run() has done it
    }
}

void MainWindow::find()
{
    const QWidget* focus = QApplication::focusWidget();
    if (focus && m_documents->isAncestorOf(focus) && m_workspace.documents().readyCount() > 0)
        m_documents->openFind();
    else
        m_chat->openFind();
}

void MainWindow::addDocuments(bool folder)
{
    auto* dialog = new QFileDialog(this, folder ? tr("Add a folder") : tr("Add documents"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
        m_workspace.openPaths(paths);
        m_chat->focusComposer();
    });
    dialog->open();
}

void MainWindow::openModel()
{
    auto* dialog = new QFileDialog(this, tr("Open a model"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Models (*.gguf)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, &m_workspace, &Workspace::openModel);
    dialog->open();
}

void MainWindow::showModelDetails()
{
    if (!m_workspace.model())
        return;
    auto* dialog = new ModelDialog(*m_workspace.model(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ModelDialog::openAnotherWanted, this, &MainWindow::openModel);
    dialog->open();
}

void MainWindow::showSettings()
{
    auto* dialog = new SettingsDialog(m_workspace.choices(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const Choices chosen = dialog->choices();
        m_chat->setEnterSends(chosen.enterSends);
        if (chosen.theme != m_workspace.choices().theme)
            applyTheme(chosen.theme);
        if (chosen.language != m_workspace.choices().language || chosen.scale != m_workspace.choices().scale)
            emit m_workspace.noticed(tr("Language and size change at the next start"));
        m_workspace.applyChoices(chosen);
    });
    dialog->open();
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setWindowTitle(tr("About Lectern"));
    box->setIconPixmap(windowIcon().pixmap(64));
    box->setText(tr("Lectern %1").arg(QApplication::applicationVersion()));
    box->setInformativeText(
        tr("Reads long documents whole, on your own machine, and shows what the model is looking "
           "at. Nothing leaves this computer.\n\nApache License 2.0"));
    box->setStandardButtons(QMessageBox::Close);
    box->open();
}

void MainWindow::stepPassage(int step)
{
    const auto& messages = m_workspace.chat().messages();
    if (messages.empty() || messages.back().evidence.empty())
        return;
    const auto& evidence = messages.back().evidence;
    const EvidencePassage& shown = m_workspace.selection().passage();
    int index = step > 0 ? -1 : 0;
    for (int i = 0; i < int(evidence.size()); ++i)
        if (evidence[std::size_t(i)].start == shown.start &&
            evidence[std::size_t(i)].documentId == shown.documentId)
            index = i;
    const int count = int(evidence.size());
    m_workspace.selection().showPassage(evidence[std::size_t((index + step + count) % count)]);
}

void MainWindow::showProblem(const Problem& problem)
{
    m_messages->tell(problem.fix == Problem::Fix::None ? MessageBar::Kind::Warning
                                                       : MessageBar::Kind::Problem,
                     problem.title, problem.details);
    const auto offer = [this](const QString& text, Command command) {
        m_messages->setAction(text, [this, command] {
            m_messages->hide();
            run(command);
        });
    };
    switch (problem.fix) {
    case Problem::Fix::OpenSettings:
        offer(tr("Open settings…"), Command::Settings);
        break;
    case Problem::Fix::OpenModel:
        offer(tr("Open another model…"), Command::OpenModel);
        break;
    case Problem::Fix::AddDocuments:
        offer(tr("Add documents…"), Command::AddDocuments);
        break;
    case Problem::Fix::Retry:
        m_messages->setAction(tr("Try again"), [this] {
            m_messages->hide();
            m_workspace.retry();
        });
        break;
    case Problem::Fix::None:
        break;
    }
}

} // namespace lectern
