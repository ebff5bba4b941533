// A window over a made-up engine and library, and what the tests of it have in common.
#pragma once

#include "tests/ui/support/fake_engine.h"
#include "ui/main_window.h"

#include <QTemporaryDir>

#include <memory>

namespace lectern::test {

struct WindowFixture {
    WindowFixture();

    // Readable made-up chapters, the same every time; `needle` stands at about the share 0.37 of it.
    static std::string madeBook(int chapters, const std::string& needle);
    QString writeFile(const QString& name, const std::string& text) const;
    void drop(const QStringList& paths) const; // on the middle of the window, as a file manager does
    // A whole question and answer over the first document, with the passage as evidence.
    void askAndAnswer(const QString& question, const QStringList& pieces, const std::string& passage);
    void show(QSize size = {1360, 860});

    QTemporaryDir folder;
    FakeLibrary library;
    FakeEngine engine{library};
    std::unique_ptr<Settings> settings;
    std::unique_ptr<Workspace> workspace;
    std::unique_ptr<MainWindow> window;
};

QPalette lightPalette();
QPalette darkPalette();
QPalette contrastPalette(); // yellow and white on black

} // namespace lectern::test
