// A session as a PDF: the web page of it, laid out by Qt.
#include "app/session/session_export.h"

#include <QBuffer>
#include <QGuiApplication>
#include <QPageSize>
#include <QPdfWriter>
#include <QTextDocument>
#include <QUrl>
#include <QVariant>

namespace lectern {

namespace {

// Loads nothing, whatever a text says.
class ClosedDocument : public QTextDocument {
protected:
    QVariant loadResource(int, const QUrl&) override { return {}; }
};

} // namespace

Result<std::string> sessionPdf(const SessionContent& content)
{
    if (!qobject_cast<QGuiApplication*>(QCoreApplication::instance()))
        return fail(ErrorCode::Unsupported, "A PDF can not be made here: there are no fonts without a window system.",
                    "Export as HTML and print that.");
    const Result<std::string> html = sessionHtml(content);
    if (!html)
        return failed(html);
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(20, 20, 20, 20), QPageLayout::Millimeter);
        writer.setTitle(QString::fromStdString(content.info.name));
        writer.setCreator(QStringLiteral("Lectern"));
        ClosedDocument document;
        document.setHtml(QString::fromStdString(*html));
        document.print(&writer);
    }
    return buffer.data().toStdString();
}

} // namespace lectern
