// The window's files: conversations, pictures and captures.
#include "ui/chat/chat_view.h"
#include "ui/common/export_picture.h"
#include "ui/common/message_bar.h"
#include "ui/common/painted_view.h"
#include "ui/main_window.h"
#include "ui/state/conversation_export.h"

#include <QApplication>
#include <QBuffer>
#include <QFileDialog>
#include <QPdfWriter>
#include <QTextDocument>

namespace lectern {

namespace {

// The page has its own fonts and style; nothing is loaded from anywhere.
QByteArray conversationPdf(const QString& title, const QString& html)
{
    class Silent : public QTextDocument {
    protected:
        QVariant loadResource(int, const QUrl&) override { return {}; }
    };
    Silent document;
    document.setHtml(html);
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("Lectern"));
    writer.setPageMargins(QMarginsF(18, 18, 18, 18), QPageLayout::Millimeter);
    document.print(&writer);
    return buffer.data();
}

} // namespace

void MainWindow::saveConversation()
{
    auto* dialog = new QFileDialog(this, tr("Save the conversation"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QString filters[] = {tr("Markdown (*.md)"), tr("Web page (*.html)"), tr("PDF (*.pdf)")};
    dialog->setNameFilters({filters[0], filters[1], filters[2]});
    dialog->setDefaultSuffix(QStringLiteral("md"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        for (const char* suffix : {"md", "html", "pdf"})
            if (filter.contains(QLatin1String("*.") + QLatin1String(suffix)))
                dialog->setDefaultSuffix(QString::fromLatin1(suffix));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveConversationTo);
    dialog->open();
}

void MainWindow::saveConversationTo(const QString& path)
{
    const auto& messages = m_workspace.chat().messages();
    QByteArray bytes;
    if (path.endsWith(QLatin1String(".html"), Qt::CaseInsensitive))
        bytes = conversationHtml(m_workspace.sessionName(), messages).toUtf8();
    else if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive))
        bytes =
            conversationPdf(m_workspace.sessionName(), conversationHtml(m_workspace.sessionName(), messages));
    else
        bytes = conversationMarkdown(messages).toUtf8();
    if (const Status saved = saveBytes(path, bytes); saved)
        emit m_workspace.noticed(tr("Conversation saved"));
    else
        showProblem(
            {tr("The conversation could not be saved"), errorDetails(saved.error()), Problem::Fix::None});
}

void MainWindow::savePicture()
{
    if (auto* picture = qobject_cast<PaintedView*>(QApplication::focusWidget()))
        picture->savePictureAs();
    else
        emit m_workspace.noticed(tr("Choose a picture first: click it, or move to it with Tab"));
}

void MainWindow::saveCapture()
{
    auto* dialog = new QFileDialog(this, tr("Save what the views show, with the documents' text"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Captures (*.lectern-capture)")});
    dialog->setDefaultSuffix(QStringLiteral("lectern-capture"));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& path) { m_workspace.saveCapture(path); });
    dialog->open();
}

void MainWindow::openCapture()
{
    auto* dialog = new QFileDialog(this, tr("Open a capture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Captures (*.lectern-capture)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, &m_workspace, &Workspace::openCapture);
    dialog->open();
}

void MainWindow::editLastQuestion()
{
    const auto& messages = m_workspace.chat().messages();
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
        if (message->kind == MessageKind::Question) {
            m_chat->editQuestion(message->id);
            return;
        }
}

} // namespace lectern
