#include "tests/ui/support/window_fixture.h"

#include "ui/common/icons.h"
#include "ui/common/painted_view.h"

#include <QApplication>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QTest>
#include <QUrl>

#include <random>

namespace lectern::test {

namespace {

QPalette paletteOf(const QColor& window, const QColor& base, const QColor& text, const QColor& accent,
                   const QColor& onAccent)
{
    QPalette palette(text, window, window.lighter(120), window.darker(140), window.darker(120), text, text, base, window);
    palette.setColor(QPalette::Button, window);
    palette.setColor(QPalette::Highlight, accent);
    palette.setColor(QPalette::HighlightedText, onAccent);
    palette.setColor(QPalette::AlternateBase, window);
    palette.setColor(QPalette::ToolTipBase, base);
    palette.setColor(QPalette::ToolTipText, text);
    QColor faint = text;
    faint.setAlphaF(0.55F);
    palette.setColor(QPalette::PlaceholderText, faint);
    for (const QPalette::ColorRole role : {QPalette::Text, QPalette::ButtonText, QPalette::WindowText})
        palette.setColor(QPalette::Disabled, role, faint);
    return palette;
}

} // namespace

QPalette lightPalette()
{
    return paletteOf({239, 240, 241}, Qt::white, {35, 38, 41}, {45, 110, 175}, Qt::white);
}

QPalette darkPalette()
{
    return paletteOf({42, 46, 50}, {27, 30, 32}, {235, 237, 238}, {61, 140, 200}, Qt::white);
}

QPalette contrastPalette()
{
    return paletteOf(Qt::black, Qt::black, Qt::white, Qt::yellow, Qt::black);
}

WindowFixture::WindowFixture()
{
    initIcons();
    initPaintedViewAccessibility();
    settings = std::make_unique<Settings>(folder.filePath(QStringLiteral("settings.ini")));
    workspace = std::make_unique<Workspace>(&engine, &library, settings.get());
    window = std::make_unique<MainWindow>(*workspace);
}

std::string WindowFixture::madeBook(int chapters, const std::string& needle)
{
    static const char* kSubjects[] = {"The council of Harbor", "Warden Ilse Marrow", "The ferry guild",
                                      "An envoy from Tarn", "The keeper of the northern light", "Master Orrin Vale"};
    static const char* kVerbs[] = {"recorded", "disputed", "granted", "withheld", "repaired", "counted"};
    static const char* kObjects[] = {"the winter grain", "a toll of nine marks", "the bridge at Low Ford",
                                     "the charter of the weavers", "forty barrels of lamp oil", "the old sea wall"};
    std::mt19937 random(11);
    const auto pick = [&random](const auto& list) { return std::string(list[random() % std::size(list)]); };
    std::string text = "The Annals of Harbor\n\n";
    for (int chapter = 1; chapter <= chapters; ++chapter) {
        text += "Chapter " + std::to_string(chapter) + "\n\n";
        for (int paragraph = 0; paragraph < 6; ++paragraph) {
            for (int sentence = 0; sentence < 5; ++sentence)
                text += pick(kSubjects) + " " + pick(kVerbs) + " " + pick(kObjects) + " in the year " +
                        std::to_string(300 + random() % 600) + ". ";
            if (paragraph == 2 && chapter == std::max(1, chapters * 37 / 100))
                text += needle + " ";
            text += "\n\n";
        }
    }
    return text;
}

QString WindowFixture::writeFile(const QString& name, const std::string& text) const
{
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), qint64(text.size())) != qint64(text.size()))
        qFatal("no room for test files");
    return file.fileName();
}

void WindowFixture::drop(const QStringList& paths) const
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& path : paths)
        urls += QUrl::fromLocalFile(path);
    data.setUrls(urls);
    const QPointF at = window->rect().center();
    QDragEnterEvent enter(at.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &enter);
    QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &dropped);
}

void WindowFixture::askAndAnswer(const QString& question, const QStringList& pieces, const std::string& passage)
{
    workspace->ask(question);
    engine.prefill(0.2);
    engine.prefill(0.6);
    engine.prefill(1.0);
    for (const QString& piece : pieces)
        engine.write(piece);
    std::vector<EvidencePassage> evidence;
    if (const auto& rows = library.documentRows[engine.session]; !passage.empty() && !rows.empty()) {
        const std::string& text = library.texts[rows.front().id].utf8;
        EvidencePassage found;
        found.documentId = rows.front().id;
        found.document = rows.front().name.toStdString();
        found.start = text.find(passage);
        found.end = found.start + passage.size();
        found.line = int(std::count(text.begin(), text.begin() + std::ptrdiff_t(found.start), '\n')) + 1;
        found.text = passage;
        found.score = 0.83;
        evidence.push_back(found);
        EvidencePassage weaker = found;
        weaker.start = text.find("Chapter 2");
        weaker.end = text.find(". ", weaker.start) + 1;
        weaker.text = text.substr(weaker.start, weaker.end - weaker.start);
        weaker.line = int(std::count(text.begin(), text.begin() + std::ptrdiff_t(weaker.start), '\n')) + 1;
        weaker.score = 0.09;
        evidence.push_back(weaker);
    }
    engine.finishAnswer(std::move(evidence));
}

void WindowFixture::show(QSize size)
{
    window->resize(size);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    window->activateWindow();
    (void)QTest::qWaitForWindowActive(window.get()); // keys go nowhere else
}

} // namespace lectern::test
