// The conversation as values, and answers as safe rich text.
#include "tests/ui/support/fake_engine.h"
#include "ui/chat/answer_document.h"
#include "ui/chat/composer.h"
#include "ui/common/safe_text_browser.h"
#include "ui/state/chat_model.h"
#include "ui/state/conversation_export.h"

#include <QAbstractItemModelTester>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTextDocument>

using namespace lectern;

namespace {

EvidencePassage passage(const char* document, int page, int line, const char* file)
{
    EvidencePassage made;
    made.document = document;
    made.page = page;
    made.line = line;
    made.file = file;
    return made;
}

// Notes each resource that is asked for.
class WatchingBrowser : public SafeTextBrowser {
public:
    mutable QStringList asked;
    QVariant given;

protected:
    QVariant loadResource(int type, const QUrl& name) override
    {
        asked += name.toString();
        const QVariant data = SafeTextBrowser::loadResource(type, name);
        if (data.isValid())
            given = data;
        return data;
    }
};

} // namespace

class TestChat : public QObject {
    Q_OBJECT

private slots:
    void labels()
    {
        QCOMPARE(passageLabel(passage("book.pdf", 12, 3, ""), false), "p. 12");
        QCOMPARE(passageLabel(passage("book.pdf", 12, 3, ""), true), "book.pdf, p. 12");
        QCOMPARE(passageLabel(passage("repo", 0, 40, "src/a.cc"), true), "src/a.cc:40");
        QCOMPARE(passageLabel(passage("annals.txt", 0, 120, ""), false), "annals.txt:120");
        QCOMPARE(passageLabel(passage("annals.txt", 0, 0, ""), false), "annals.txt");
    }

    void evidenceFromStore()
    {
        const std::vector<DocumentRow> documents{{7, "annals.txt", "/b/annals.txt", "text", 9, 9, 2, 0}};
        const auto parsed = evidenceFromJson(
            R"([{"document":"annals.txt","start":10,"end":25,"page":0,"line":3,"text":"x","score":0.5},
                {"document":"gone.txt","document_id":7,"start":-4,"end":-9}, 17, {}])",
            documents);
        QCOMPARE(parsed.size(), 2u);
        QCOMPARE(parsed[0].documentId, 7);
        QCOMPARE(parsed[0].start, 10u);
        QCOMPARE(parsed[0].end, 25u);
        QCOMPARE(parsed[0].score, 0.5);
        QCOMPARE(parsed[1].documentId, 7);
        QCOMPARE(parsed[1].start, 0u);
        QCOMPARE(parsed[1].end, 0u);
        for (const char* bad : {"", "{", "null", "{\"a\":1}", "[[[[", "[{\"document\":{}}"})
            QVERIFY(evidenceFromJson(bad, documents).empty());
    }

    void factsFromStore()
    {
        const auto facts = factsFromJson(R"({"prompt_tokens":100,"reused_tokens":40,"answer_tokens":11,
            "timing":{"prefill_ms":50,"first_token_ms":60,"decode_ms":100},"kv":{"bytes":2048,"full_attention_bytes":4096}})");
        QVERIFY(facts);
        QCOMPARE(facts->timing.promptTokens, 100);
        QCOMPARE(facts->kvBytes, 2048u);
        QCOMPARE(describe(*facts),
                 "11 tokens · 100 tokens/s · first after 60 ms · 100 tokens read, 40 reused · KV 2 KiB");
        QVERIFY(!factsFromJson("nonsense"));
    }

    void statesFromStore_data()
    {
        QTest::addColumn<int>("stored");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<int>("shown");
        const auto row = [](const char* name, StoredState stored, const char* reason, AnswerState shown) {
            QTest::newRow(name) << int(stored) << QString::fromLatin1(reason) << int(shown);
        };
        row("complete", StoredState::Complete, "end", AnswerState::Complete);
        row("length", StoredState::Complete, "max_tokens", AnswerState::CutShort);
        row("full", StoredState::Complete, "context_full", AnswerState::CutShort);
        row("crash", StoredState::Interrupted, "crash", AnswerState::Interrupted);
        row("stop", StoredState::Interrupted, "cancelled", AnswerState::Stopped);
        row("left over", StoredState::Generating, "", AnswerState::Interrupted);
        row("failed", StoredState::Failed, "The disk is full.", AnswerState::Failed);
    }
    void statesFromStore()
    {
        QFETCH(int, stored);
        QFETCH(QString, reason);
        ChatModel model;
        model.reset({{1, MessageKind::Answer, StoredState(stored), "x", reason, {}, {}}}, {});
        QTEST(int(model.message(0).state), "shown");
        QCOMPARE(stateNote(model.message(0)).isEmpty(), model.message(0).state == AnswerState::Complete);
    }

    void streaming()
    {
        ChatModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.addQuestion("Why?");
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.message(1).state, AnswerState::Reading);
        model.setIds(5, 6);
        model.appendText(99, "not mine");
        model.appendText(6, "Be");
        model.appendText(6, "cause");
        QCOMPARE(model.message(1).text, "Because");
        QCOMPARE(model.message(1).state, AnswerState::Writing);
        AnswerReply reply;
        reply.answerId = 6;
        reply.answer = "Because.";
        reply.stopReason = StopReason::Cancelled;
        reply.evidence.push_back(passage("a.txt", 0, 2, ""));
        model.finish(reply);
        QCOMPARE(model.message(1).text, "Because.");
        QCOMPARE(model.message(1).state, AnswerState::Stopped);
        QVERIFY(conversationMarkdown(model.messages()).contains("## Why?"));
        QVERIFY(conversationMarkdown(model.messages()).contains("a.txt:2"));

        model.addQuestion("And?");
        model.failLast({ErrorCode::OutOfMemory, "There is no memory.", "Close something.", 0, 0});
        QCOMPARE(model.message(3).state, AnswerState::Failed);
        QVERIFY(stateNote(model.message(3)).contains("There is no memory."));
        model.failLast({ErrorCode::Internal, "again", {}, 0, 0}); // nothing under way: changes nothing
        QVERIFY(stateNote(model.message(3)).contains("There is no memory."));
    }

    void nothingIsLoaded_data()
    {
        QTest::addColumn<QString>("markdown");
        QTemporaryDir folder;
        QTest::newRow("http image") << "![x](http://localhost:9/a.png)";
        QTest::newRow("file image") << "![x](file:///etc/passwd)";
        QTest::newRow("relative image") << "![x](a.png \"t\")";
        QTest::newRow("device") << "![x](/dev/zero)";
        QTest::newRow("html image") << "<img src=\"file:///etc/passwd\">";
        QTest::newRow("style") << "<style>body{background:url(file:///etc/passwd)}</style>";
        QTest::newRow("svg data") << "![x](data:image/svg+xml;base64,PHN2Zy8+)";
        QTest::newRow("link") << "[x](javascript:alert(1))";
    }
    void nothingIsLoaded()
    {
        QFETCH(QString, markdown);
        WatchingBrowser browser;
        browser.resize(400, 300);
        setAnswerMarkdown(*browser.document(), markdown, Theme(QPalette()));
        browser.show();
        QTest::qWait(1);
        browser.grab();
        QVERIFY2(browser.asked.isEmpty(), qPrintable(browser.asked.join(" ")));
        QVERIFY(!browser.given.isValid());
    }

    void htmlStaysText()
    {
        QTextDocument document;
        setAnswerMarkdown(document, "a <b>bold</b> <script>x</script> and **strong**", Theme(QPalette()));
        QCOMPARE(document.toPlainText(), "a <b>bold</b> <script>x</script> and strong");
        setAnswerMarkdown(document, "see ![chart](file:///x.png) here", Theme(QPalette()));
        QCOMPARE(document.toPlainText(), "see [chart: file:///x.png] here");
        setAnswerMarkdown(document, QStringLiteral("tex\u202Et"), Theme(QPalette()));
        QCOMPARE(document.toPlainText(), "tex‹U+202E›t");
    }

    void composerKeys()
    {
        Composer composer;
        composer.show();
        auto* edit = composer.findChild<QPlainTextEdit*>();
        QSignalSpy sent(&composer, &Composer::sendWanted);
        QTest::keyClicks(edit, "Why");
        QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(edit, "so?");
        QCOMPARE(composer.text(), "Why\nso?");
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(sent.count(), 1);
        QCOMPARE(sent.first().first().toString(), "Why\nso?");
        QVERIFY(composer.text().isEmpty());
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(sent.count(), 1); // nothing to send

        composer.setEnterSends(false);
        QTest::keyClicks(edit, "x");
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(sent.count(), 1);
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(sent.count(), 2);

        composer.setBusy(true);
        QTest::keyClicks(edit, "later");
        QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(sent.count(), 2);
        QCOMPARE(composer.text(), "later");
    }
};

QTEST_MAIN(TestChat)
#include "tst_chat.moc"
