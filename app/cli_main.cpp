// lectern-cli: the engine, the readers and the store without a window.
#include "app/cli/command_line.h"
#include "app/documents/parser_process.h"

#include <QGuiApplication>

#include <cstdio>

namespace {

// Qt's remarks on the machine's desktop are no business of a command's output.
void dropQtRemarks(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type == QtCriticalMsg || type == QtFatalMsg)
        std::fprintf(stderr, "%s\n", qUtf8Printable(message));
}

} // namespace

int main(int argc, char** argv)
{
    if (const auto parsed = lectern::parserChildMain(argc, argv))
        return *parsed;
    // QtPdf and pictures want an application, which must not look for a display.
    qInstallMessageHandler(dropQtRemarks);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    // It takes options of its own out of the arguments, --session among them: it is shown the program's name alone.
    int count = 1;
    QGuiApplication application(count, argv);
    return lectern::CommandLine().run(argc, argv);
}
