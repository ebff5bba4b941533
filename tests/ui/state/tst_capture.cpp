// Captures, recordings, bookmarks, plans being changed, reports: the values behind the newer views.
#include "tests/ui/support/window_fixture.h"
#include "ui/state/bookmarks.h"
#include "ui/state/capture_file.h"
#include "ui/state/conversation_export.h"
#include "ui/state/diagnostics.h"
#include "ui/state/experiments.h"
#include "ui/state/plan_editor.h"

#include <QDir>
#include <QTest>

#include <random>

using namespace lectern;
using namespace lectern::test;

namespace {

const std::string kNeedle =
    "The vault code of Harbor is 7731-KESTREL, set by Warden Ilse Marrow in the year 612.";

void fill(WindowFixture& f)
{
    f.workspace->start(0);
    f.engine.emit modelOpened(madeModel());
    f.workspace->openPaths({f.writeFile("annals.txt", WindowFixture::madeBook(12, kNeedle))});
    f.engine.finishIngest();
    f.workspace->setAttentionViewVisible(true);
    f.workspace->selection().setHead({5, 3});
    f.askAndAnswer("What is the code?", {"It is", " 7731.", " It is", " old."}, kNeedle);
}

} // namespace

class TestCapture : public QObject {
    Q_OBJECT

private slots:
    void everythingComesBack()
    {
        WindowFixture f;
        fill(f);
        const Capture before = f.workspace->capture();
        QVERIFY(before.steps.size() >= 4);
        const QString path = f.folder.filePath("a.lectern-capture");
        QVERIFY(f.workspace->saveCapture(path));
        const auto after = loadCapture(path);
        QVERIFY2(after, after ? "" : after.error().message.c_str());
        QCOMPARE(after->messages.size(), before.messages.size());
        QCOMPARE(after->messages[1].text, before.messages[1].text);
        QCOMPARE(after->messages[1].tokenEnds, before.messages[1].tokenEnds);
        QCOMPARE(after->messages[1].evidence[0].text, before.messages[1].evidence[0].text);
        QCOMPARE(after->texts[0].utf8, before.texts[0].utf8);
        QCOMPARE(after->steps.size(), before.steps.size());
        for (std::size_t i = 0; i < before.steps.size(); ++i) {
            const AttentionSnapshot &a = *after->steps[i].attention, &b = *before.steps[i].attention;
            QCOMPARE(a.sources.size(), b.sources.size());
            QCOMPARE(a.thumbnails.size(), b.thumbnails.size());
            QCOMPARE(a.thumbnails[7].cells, b.thumbnails[7].cells);
            QCOMPARE(a.maps.size(), b.maps.size());
            QCOMPARE(a.maps[0].cells, b.maps[0].cells);
            QCOMPARE(after->steps[i].usage.bytes, before.steps[i].usage.bytes);
            QCOMPARE(after->steps[i].usage.layers.size(), before.steps[i].usage.layers.size());
        }
        QCOMPARE(captureToBytes(*after), captureToBytes(before));
    }

    // No model, no session: the views show what they showed, and can be replayed token by token.
    void opensWithoutAModel()
    {
        WindowFixture writer, reader;
        fill(writer);
        const QString path = writer.folder.filePath("a.lectern-capture");
        QVERIFY(writer.workspace->saveCapture(path));
        reader.show();
        reader.workspace->openPaths({path});
        QVERIFY(reader.workspace->showsCapture());
        QCOMPARE(reader.workspace->chat().rowCount(), 2);
        QCOMPARE(reader.workspace->documents().readyCount(), 1);
        QCOMPARE(reader.workspace->memory().usage().bytes, writer.workspace->memory().usage().bytes);
        AttentionModel& attention = reader.workspace->attention();
        QCOMPARE(attention.recording().steps().size(),
                 writer.workspace->attention().recording().steps().size());
        for (int token = 0; token < 4; ++token) {
            attention.showStep(attention.recording().stepOfAnswerToken(token));
            QVERIFY(int(attention.snapshot()->sources.size()) > token);
        }
        const auto document = reader.workspace->documentText(reader.workspace->selection().document());
        const auto at = document->utf8.find(kNeedle);
        const auto [first, last] = reader.workspace->promptMap().tokensOfBytes(
            reader.workspace->selection().document(), at, at + kNeedle.size());
        QVERIFY(first > 0 && last > first);
        reader.workspace->ask("And now?");
        QVERIFY(!reader.workspace->showsCapture());
        QCOMPARE(reader.engine.questions, QStringList{"And now?"});
    }

    void damagedCapturesAreRefused()
    {
        WindowFixture f;
        fill(f);
        const QByteArray whole = captureToBytes(f.workspace->capture());
        std::mt19937 random(3);
        int refused = 0;
        for (int round = 0; round < 200; ++round) {
            QByteArray bytes = whole;
            if (round % 4 == 0)
                bytes.truncate(qsizetype(random() % std::size_t(whole.size())));
            else
                bytes[qsizetype(random() % std::size_t(whole.size()))] ^= char(1 + random() % 255);
            refused += captureFromBytes(bytes) ? 0 : 1; // zlib's sum finds nearly all; none may crash
        }
        QVERIFY2(refused > 190, qPrintable(QString::number(refused)));
        QVERIFY(!captureFromBytes("LECTERN-CAPTURE\n"));
        QVERIFY(!captureFromBytes(QByteArray("LECTERN-CAPTURE\n\xff\xff\xff\xffzzzz", 24)));
        QVERIFY(!loadCapture(f.folder.filePath("none")));
    }

    void recordingsStayWithinTheirBudget()
    {
        Recording recording;
        const AttentionSnapshotPtr made = madeSnapshot(0, 8192, 0, 0.3, {{0, 0}});
        for (int i = 0; i < 3000; ++i) {
            const auto step = std::make_shared<AttentionSnapshot>(*made);
            step->position = 64 + i;
            recording.add(step);
        }
        QVERIFY(recording.bytes() <= Recording::kBudget);
        QVERIFY(recording.steps().size() > 50);
        QCOMPARE(recording.steps().back().position, 64 + 2999);
    }

    void bookmarks()
    {
        const Bookmark bookmark{{5, 3}, {2, 4}, {9, 100, 140}};
        QCOMPARE(bookmarkFromText(bookmarkToText(bookmark)), std::optional(bookmark));
        for (const char* bad : {"", "1 2 3", "1 2 3 4 5 6 x", "1 2 3 4 5 9 6"})
            QVERIFY2(!bookmarkFromText(bad), bad);
        WindowFixture f;
        fill(f);
        f.workspace->addBookmark();
        f.workspace->selection().setHead({1, 1});
        f.workspace->goToBookmark(0);
        QCOMPARE(f.workspace->selection().head(), (HeadChoice{5, 3}));
        f.workspace->openSession(f.workspace->session());
        QCOMPARE(f.workspace->bookmarks().size(), std::size_t(1));
    }

    void plansAreChangedHeadByHead()
    {
        const ModelFacts model = madeModel();
        const auto price = pricePlan(model, "longgen", "f16", 32768);
        QVERIFY(price);
        PlanEditor editor(model, *price, "f16", 32768);
        QVERIFY(!editor.isChanged());
        QCOMPARE(editor.originalKvBytes(), price->kvBytes);
        editor.toggleLayer(0);
        QVERIFY(editor.isChanged());
        QVERIFY(editor.price()->kvBytes > price->kvBytes);
        QVERIFY(editor.predictedRate(40, price->kvBytes) < 40);
        // What the string says is what the grid shows.
        const auto again = pricePlan(model, editor.text().toStdString(), "f16", 32768);
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QCOMPARE(again->kvBytes, editor.price()->kvBytes);
        QVERIFY(again->plan.layers == editor.plan().layers);
        editor.setAll(true);
        QCOMPARE(editor.text(), QString("full"));
        QCOMPARE(editor.price()->kvBytes, editor.price()->fullAttentionKvBytes);
        editor.setAll(false);
        editor.setStreaming(128, 1024);
        const auto streaming = pricePlan(model, editor.text().toStdString(), "f16", 32768);
        QCOMPARE(streaming->kvBytes, editor.price()->kvBytes);
        editor.toggleHead(3, 1);
        QVERIFY(editor.needsDocument());
        editor.reset();
        QCOMPARE(editor.text(), QString("longgen"));
    }

    void wordsThatDiffer()
    {
        const auto common = [](const QString& a, const QString& b) {
            QString marks;
            for (const DiffWord& word : diffWords(a, b))
                marks += word.common ? '=' : 'x';
            return marks;
        };
        QCOMPARE(common("the code is 7731", "the code is 7731"), QString("===="));
        QCOMPARE(common("the code is 7731", "the key is 7731"), QString("=x=="));
        QCOMPARE(common("a b c", ""), QString("xxx"));
        QCOMPARE(common("", "a"), QString());
        QCOMPARE(common("b a", "a b").count('='), 1);
    }

    void reportsNameNobody()
    {
        const QString home = QDir::homePath();
        const QString said =
            redacted("opened " + home + "/letters/to my lawyer.pdf and /srv/books/secret.gguf: 3 pages");
        QVERIFY2(!said.contains("secret") && !said.contains("letters") && !said.contains(home + "/"),
                 qPrintable(said));
        QVERIFY(said.contains("3 pages"));
        const QString log = "[x] [info] a\n[x] [warning] b\nmore of b\n[x] [error] c\n";
        QCOMPARE(linesOfLevel(log, "error").trimmed(), QString("[x] [error] c"));
        QVERIFY(linesOfLevel(log, "warning").contains("more of b"));
        QVERIFY(!linesOfLevel(log, "warning").contains("info"));
    }

    void exportedPagesAreInert()
    {
        std::vector<ChatMessage> messages(2);
        messages[0].text = "<script>alert(1)</script>\u202Eevil";
        messages[1].kind = MessageKind::Answer;
        messages[1].text = "<img src='file:///etc/passwd'> & more";
        EvidencePassage passage;
        passage.document = "<b>a</b>.txt";
        passage.line = 2;
        passage.text = "<iframe src=x>";
        messages[1].evidence = {passage};
        const QString html = conversationHtml("<title>", messages);
        for (const char* bad : {"<script", "<img", "<iframe", "<b>", "\u202E"})
            QVERIFY2(!html.contains(QString::fromUtf8(bad)), bad);
        QVERIFY(html.contains("U+202E"));
    }
};

QTEST_MAIN(TestCapture)
#include "tst_capture.moc"
