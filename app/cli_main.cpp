// lectern-cli: the engine, the readers and the store without a window.
#include "app/cli/command_line.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv); // QtPdf wants one
    return lectern::CommandLine().run(argc, argv);
}
