#include "app/documents/document.h"

#include <QTest>
#include <random>

using namespace lectern;

class TestDocument : public QObject {
    Q_OBJECT
private slots:
    void locatesPages();
    void locatesLinesOfFiles();
    void linesAgreeWithCounting();
    void countsCharacters();
};

void TestDocument::locatesPages()
{
    Document document;
    document.text = "first\npage\n\nsecond\npage";
    document.pages = {{1, 0}, {2, 12}};
    QCOMPARE(locate(document, 0).page, 1U);
    QCOMPARE(locate(document, 11).page, 1U);
    QCOMPARE(locate(document, 12).page, 2U);
    QCOMPARE(locate(document, 20).line, 2U);
    QCOMPARE(locationLabel(locate(document, 20)), std::string("p. 2"));
    QCOMPARE(locate(document, 1'000'000).page, 2U);
}

void TestDocument::locatesLinesOfFiles()
{
    Document document;
    document.text = "tree\n\nfile: a/b.cc\none\ntwo\n\nfile: c.py\nthree\n";
    const auto one = document.text.find("one");
    const auto three = document.text.find("three");
    document.files = {{"a/b.cc", one, 8, 1}, {"c.py", three, 6, 1}};
    QCOMPARE(locationLabel(locate(document, document.text.find("two"))), std::string("a/b.cc:2"));
    QCOMPARE(locationLabel(locate(document, three + 2)), std::string("c.py:1"));
    QVERIFY(locate(document, document.text.find("file: c.py")).file.empty());
    QCOMPARE(offsetOfLine(document, "a/b.cc", 2), std::uint64_t(document.text.find("two")));
    QCOMPARE(offsetOfLine(document, "a/b.cc", 3), std::uint64_t(document.text.size()));
    QCOMPARE(offsetOfLine(document, "none", 1), std::uint64_t(document.text.size()));
}

void TestDocument::linesAgreeWithCounting()
{
    std::mt19937 random(7);
    Document document;
    for (int i = 0; i < 5000; ++i)
        document.text += random() % 9 == 0 ? '\n' : 'x';
    std::uint32_t line = 1;
    for (std::size_t i = 0; i < document.text.size(); ++i) {
        QCOMPARE(locate(document, i).line, line);
        if (document.text[i] == '\n') {
            ++line;
            if (i + 1 < document.text.size())
                QCOMPARE(offsetOfLine(document, "", line), std::uint64_t(i + 1));
        }
    }
    QCOMPARE(locate(Document{}, 5).line, 0U);
    QVERIFY(locationLabel(locate(Document{}, 5)).empty());
}

void TestDocument::countsCharacters()
{
    QCOMPARE(characterCount("a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"), std::uint64_t(4));
    QCOMPARE(characterCount(""), std::uint64_t(0));
}

QTEST_APPLESS_MAIN(TestDocument)
#include "tst_document.moc"
