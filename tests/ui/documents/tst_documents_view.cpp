// Documents as shown: offsets there and back, places, the list, and how the prompt maps onto them.
#include "ui/common/visible_text.h"
#include "ui/documents/document_reader.h"
#include "ui/state/display_text.h"
#include "ui/state/document_list_model.h"
#include "ui/state/prompt_map.h"

#include <QAbstractItemModelTester>
#include <QScrollBar>
#include <QTest>

#include <ctime>
#include <random>

using namespace lectern;

namespace {

DocumentText textOf(std::string utf8)
{
    DocumentText document;
    document.id = 1;
    document.utf8 = std::move(utf8);
    return document;
}

// Random text with every awkward kind of character.
std::string randomText(std::mt19937& random, int characters)
{
    static const char* kPieces[] = {
        "a",    "b ",    "\n",       "\t",         "é",
        "中",   "😀",     "\u202E",   "\u200B",     "\x1B",
        "\xFF", "word ", "\xE4\xB8", "\U000E0041", "long-word-without-any-space-in-it"};
    std::string text;
    for (int i = 0; i < characters; ++i)
        text += kPieces[random() % std::size(kPieces)];
    return text;
}

} // namespace

class TestDocuments : public QObject {
    Q_OBJECT

private slots:
    void offsetsRoundTrip()
    {
        std::mt19937 random(3);
        for (int round = 0; round < 40; ++round) {
            const std::string text = randomText(random, 400);
            const DisplayText display(textOf(text));
            int last = -1;
            for (std::uint64_t byte = 0; byte <= text.size(); ++byte) {
                const int position = display.positionOfByte(byte);
                QVERIFY(position >= last); // never goes back
                last = position;
                const std::uint64_t back = display.byteOfPosition(position);
                QVERIFY(back <= byte);
                QVERIFY(byte - back < 4); // the first byte of the same character
                QCOMPARE(display.positionOfByte(back), position);
            }
            QCOMPARE(display.positionOfByte(text.size() + 100), int(display.text().size()));
        }
    }

    void plainTextIsItself()
    {
        const std::string text = "one\ntwo é\n\nfour";
        const DisplayText display(textOf(text));
        QCOMPARE(display.text(), QString::fromStdString(text));
        QCOMPARE(display.lineCount(), 4);
        QCOMPARE(display.escapedCharacters(), 0);
        QCOMPARE(display.positionOfByte(text.find("four")), int(display.text().indexOf("four")));
    }

    void hiddenCharactersAreCounted()
    {
        const std::string text = "ab\xE2\x80\xAE"
                                 "cd";
        const DisplayText display(textOf(text));
        QCOMPARE(display.text(), "ab‹U+202E›cd");
        QCOMPARE(display.escapedCharacters(), 1);
        QCOMPARE(display.positionOfByte(5), int(display.text().indexOf("cd")));
    }

    void longLinesAreFolded()
    {
        const std::string text = std::string(1'000'000, 'x') + "\nend";
        const DisplayText display(textOf(text));
        QVERIFY(display.lineCount() > 400);
        for (const QString& line : display.text().split('\n'))
            QVERIFY(line.size() <= kFoldUnits + 200);
        QCOMPARE(display.place(display.lineCount() - 1).line, 2);
        QCOMPARE(display.byteOfPosition(display.positionOfByte(777'777)), 777'777u);
    }

    void places()
    {
        DocumentText document = textOf("p1 a\np1 b\np2 a\np2 b\n");
        document.pages = {{1, 0}, {2, 10}};
        const DisplayText paged(document);
        QCOMPARE(paged.place(1).page, 1);
        QCOMPARE(paged.place(1).line, 2);
        QCOMPARE(paged.place(2).page, 2);
        QCOMPARE(paged.place(2).line, 1);
        DocumentText folder = textOf("tree\n\n=== a.cc\nint x;\nint y;\n=== b.cc\nint z;\n");
        folder.files = {{"a.cc", 15, 14, 1}, {"b.cc", 38, 7, 10}};
        const DisplayText packed(folder);
        QCOMPARE(packed.place(0).file, -1);
        QCOMPARE(packed.place(3).file, 0);
        QCOMPARE(packed.place(4).line, 2);
        QCOMPARE(packed.place(5).file, -1); // the marker line
        QCOMPARE(packed.place(6).file, 1);
        QCOMPARE(packed.place(6).line, 10);
    }

    void list()
    {
        DocumentListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.reset({{1, "a.txt", "/a.txt", "text", 100, 100, 25, 0}});
        model.beginReading({"/books/b.pdf", "/src"});
        QCOMPARE(model.rowCount(), 3);
        model.setProgress({"/books/b.pdf", 50, 100, 12});
        QCOMPARE(documentDetail(model.item(1)), "Reading 50 % · page 12");
        model.setProgress({"/src/deep/file.cc", 1, 4, 0}); // of the folder
        QCOMPARE(model.item(2).fraction, 0.25);
        IngestReply reply;
        reply.documents.push_back({2, "/books/b.pdf", "b.pdf", "pdf", 1 << 20, 999, 2000, 12, "ready", ""});
        reply.documents.push_back({0, "/src", "src", "folder", 0, 0, 0, 0, "failed", "It is empty."});
        model.finishReading(reply);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.readyCount(), 2);
        QCOMPARE(model.totalTokens(), 2025);
        QCOMPARE(documentDetail(model.item(1)), "12 pages · 2,000 tokens · 1 MiB");
        QCOMPARE(documentDetail(model.item(2)), "Not added: It is empty.");
        model.forgetFailed(1); // not failed: stays
        QCOMPARE(model.rowCount(), 3);
        model.forgetFailed(2);
        QCOMPARE(model.rowCount(), 2);
        model.replaceReady({{2, "b.pdf", "/books/b.pdf", "pdf", 1 << 20, 999, 2000, 12}});
        QCOMPARE(model.rowCount(), 1);
    }

    void promptMapping()
    {
        const PromptMap map =
            PromptMap::fromDocuments({{1, "a", "", "", 0, 4000, 1000, 0}, {2, "b", "", "", 0, 800, 200, 0}});
        QCOMPARE(map.tokenOfByte(1, 0), 0);
        QCOMPARE(map.tokenOfByte(1, 2000), 500);
        QCOMPARE(map.tokenOfByte(2, 0), 1000);
        QCOMPARE(map.tokenOfByte(2, 800), 1200);
        QCOMPARE(map.tokenOfByte(3, 0), -1);
        std::vector<float> mass(19, 0.0F);
        mass[8] = 0.5F; // tokens 512 to 575: bytes 2048 to 2303 of the first document
        const auto strengths = map.strengths(1, 4000, mass, 40);
        QCOMPARE(strengths.size(), 40u);
        QCOMPARE(strengths[21], 1.0F);
        QCOMPARE(strengths[5], 0.0F);
        QVERIFY(map.strengths(2, 800, mass, 40).empty());
        QVERIFY(map.strengths(1, 4000, {}, 40).empty());
    }

    void profiles()
    {
        const std::vector<TokenSources> sources{{10, {1.0F, 0.0F}}, {11, {0.0F, 0.5F, 0.5F}}};
        QCOMPARE(sourceProfile(sources, -1), (std::vector<float>{0.5F, 0.25F, 0.25F}));
        QCOMPARE(sourceProfile(sources, 0), (std::vector<float>{1.0F, 0.0F}));
        QVERIFY(sourceProfile(sources, 2).empty());
        QVERIFY(sourceProfile({}, -1).empty());
    }

    void readerScrollsAndFinds()
    {
        std::string text;
        for (int line = 1; line <= 5000; ++line)
            text += "Line " + std::to_string(line) + " of the annals of Harbor.\n";
        DocumentReader reader;
        reader.resize(500, 400);
        reader.setDocumentText(textOf(text));
        reader.show();
        const std::uint64_t byte = text.find("Line 4321 ");
        reader.setPassages({{byte, byte + 9}}, 0);
        reader.scrollToByte(byte);
        QVERIFY(reader.placeLabel().startsWith("line 4"));
        const QRect seen = reader.cursorRect();
        QVERIFY(reader.viewport()->rect().intersects(seen));
        QCOMPARE(reader.extraSelections().size(), 1);
        QCOMPARE(reader.extraSelections().first().cursor.selectedText(), "Line 4321");

        const auto found = reader.find("HARBOR", 0);
        QCOMPARE(found.total, 5000);
        QCOMPARE(found.current, 4321);
        QCOMPARE(reader.find("HARBOR", 1).current, 4322);
        QCOMPARE(reader.find("Line 17 ", 0).total, 1);
        QCOMPARE(reader.find("no such words", 0).total, 0);
    }

    void largeDocumentsAreQuick()
    {
        std::string text;
        while (text.size() < 8'000'000)
            text += "The council of Harbor recorded the winter grain in the year 741, and the ferry guild "
                    "disputed it.\n";
        DocumentReader reader;
        reader.resize(600, 700);
        reader.show();
        const auto cpuMs = [] {
            return 1000.0 * double(std::clock()) / CLOCKS_PER_SEC;
        }; // others' load left out
        double start = cpuMs();
        reader.setDocumentText(textOf(text));
        const double load = cpuMs() - start;
        start = cpuMs();
        reader.setStrengths(std::vector<float>(2048, 0.5F));
        for (int i = 0; i < 20; ++i) {
            reader.scrollToByte(std::uint64_t(i) * text.size() / 20);
            reader.grab();
        }
        const double scroll = (cpuMs() - start) / 20;
        qInfo("8 MB: %.0f ms to show, %.0f ms a jump with painting", load, scroll);
        QVERIFY(load < 5000); // a sanitised build; ten times less otherwise
        QVERIFY(scroll < 500);
    }
};

QTEST_MAIN(TestDocuments)
#include "tst_documents_view.moc"
