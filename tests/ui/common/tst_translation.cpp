// The window in German: every text in the sources has a translation with the same places, plural forms are
// right, and a window made in German speaks it.
#include "tests/ui/support/window_fixture.h"
#include "ui/common/appearance.h"
#include "ui/common/format.h"

#include <QAction>
#include <QDirIterator>
#include <QFile>
#include <QLocale>
#include <QMap>
#include <QMenuBar>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

using namespace lectern;
using namespace lectern::test;

namespace {

QString unescaped(const QString& literals)
{
    static const QRegularExpression part(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*)\""));
    QString text;
    for (auto it = part.globalMatch(literals); it.hasNext();)
        text += it.next().captured(1);
    return text.replace(QLatin1String("\\n"), QLatin1String("\n"))
        .replace(QLatin1String("\\\""), QLatin1String("\""))
        .replace(QLatin1String("\\\\"), QLatin1String("\\"));
}

// Every literal given to tr(), translate(), QT_TRANSLATE_NOOP() or the commands' LECTERN_TEXT().
QMap<QString, QString> textsInSources()
{
    const QString literal = QStringLiteral("((?:\"(?:[^\"\\\\]|\\\\.)*\"\\s*)+)");
    const QRegularExpression patterns[] = {
        QRegularExpression(QStringLiteral("(?:\\btr|\\bLECTERN_TEXT)\\(\\s*") + literal),
        QRegularExpression(QStringLiteral("(?:\\btranslate|\\bQT_TRANSLATE_NOOP)\\(\\s*\"[^\"]*\"\\s*,\\s*") +
                           literal)};
    QMap<QString, QString> texts; // to the file
    QStringList files{QStringLiteral(LECTERN_SOURCE_DIR "/app/main.cpp")};
    for (QDirIterator it(QStringLiteral(LECTERN_SOURCE_DIR "/ui"), {"*.cpp", "*.h"}, QDir::Files,
                         QDirIterator::Subdirectories);
         it.hasNext();)
        files += it.next();
    for (const QString& path : files) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QString source = QString::fromUtf8(file.readAll());
        for (const QRegularExpression& pattern : patterns)
            for (auto match = pattern.globalMatch(source); match.hasNext();)
                texts.insert(unescaped(match.next().captured(1)), path);
    }
    return texts;
}

struct Entry {
    QStringList forms;
    bool plural = false;
};

QMap<QString, Entry> translations()
{
    QMap<QString, Entry> entries;
    QFile file(QStringLiteral(LECTERN_SOURCE_DIR "/resources/translations/lectern_de.ts"));
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    QXmlStreamReader xml(&file);
    QString source;
    Entry entry;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement() && xml.name() == QLatin1String("message"))
            entry = {{}, xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes")};
        else if (xml.isStartElement() && xml.name() == QLatin1String("source"))
            source = xml.readElementText();
        else if (xml.isStartElement() && (xml.name() == QLatin1String("numerusform") ||
                                          (xml.name() == QLatin1String("translation") && !entry.plural)))
            entry.forms += xml.readElementText();
        else if (xml.isEndElement() && xml.name() == QLatin1String("message"))
            entries.insert(source, entry);
    }
    return entries;
}

QStringList placesOf(const QString& text)
{
    static const QRegularExpression place(QStringLiteral("%L?[0-9n]+"));
    QStringList places;
    for (auto it = place.globalMatch(text); it.hasNext();)
        places += it.next().captured();
    places.sort();
    return places;
}

} // namespace

class TestTranslation : public QObject {
    Q_OBJECT

private slots:
    void cleanup()
    {
        applyLanguage(QStringLiteral("en"));
        QLocale::setDefault(QLocale::c());
    }

    void germanIsComplete()
    {
        const auto texts = textsInSources();
        const auto german = translations();
        QVERIFY(texts.size() > 400);
        QStringList wrong;
        for (auto it = texts.begin(); it != texts.end(); ++it) {
            const Entry entry = german.value(it.key());
            if (entry.forms.isEmpty() || entry.forms.contains(QString()))
                wrong += it.key() + QStringLiteral(" (") + it.value() + QLatin1Char(')');
            for (const QString& form : entry.forms)
                if (placesOf(form) != placesOf(it.key()))
                    wrong += QStringLiteral("other places: ") + it.key();
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
    }

    void pluralForms()
    {
        QCOMPARE(formatTokens(1), QString("1 token"));
        QCOMPARE(formatTokens(2), QString("2 tokens"));
        applyLanguage(QStringLiteral("de"));
        if (formatTokens(2) == QLatin1String("2 tokens"))
            QSKIP("lrelease was not there when this was built");
        QCOMPARE(formatPlural("%Ln page(s)", 1), QString("1 Seite"));
        QCOMPARE(formatPlural("%Ln page(s)", 12'345), QString("12.345 Seiten"));
        QCOMPARE(formatTokens(1), QString("1 Token"));
    }

    void aWindowSpeaksIt()
    {
        applyLanguage(QStringLiteral("de"));
        if (formatTokens(2) == QLatin1String("2 tokens"))
            QSKIP("lrelease was not there when this was built");
        WindowFixture f;
        QCOMPARE(f.window->menuBar()->actions().first()->text(), QString("&Datei"));
        QCOMPARE(f.window->action(Command::Quit)->text(), QString("&Beenden"));
        // No two commands of a menu share a letter.
        for (const QAction* menu : f.window->menuBar()->actions()) {
            QStringList letters;
            for (const QAction* action : menu->menu()->actions()) {
                const auto at = action->text().indexOf(QLatin1Char('&'));
                if (at < 0 || action->isSeparator())
                    continue;
                const QString letter = action->text().mid(at + 1, 1).toLower();
                QVERIFY2(!letters.contains(letter),
                         qPrintable(menu->text() + QStringLiteral(": ") + action->text()));
                letters += letter;
            }
        }
    }
};

QTEST_MAIN(TestTranslation)
#include "tst_translation.moc"
