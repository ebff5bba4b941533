// Answers while they are written: the same document as of the whole text, made of pieces, and work for each
// token that does not grow with what is already there.
#include "tests/ui/support/window_fixture.h"
#include "ui/chat/answer_document.h"
#include "ui/chat/answer_stream.h"
#include "ui/chat/answer_text.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/message_list.h"
#include "ui/chat/message_widget.h"

#include <QRegularExpression>
#include <QScrollBar>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextList>
#include <QTextTable>

#include <random>

using namespace lectern;
using namespace lectern::test;

namespace {

// One line a block: what it says and how it looks.
QStringList described(const QTextDocument& document)
{
    QStringList lines;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        const QTextBlockFormat format = block.blockFormat();
        const QTextList* list = block.textList();
        QStringList runs;
        for (auto it = block.begin(); !it.atEnd(); ++it)
            runs += QStringLiteral("%1/%2/%3")
                        .arg(it.fragment().text())
                        .arg(it.fragment().charFormat().fontWeight())
                        .arg(it.fragment().charFormat().fontFixedPitch());
        lines += QStringLiteral(
                     "[%1] above %2 below %3 heading %4 quote %5 code %6 list %7 %8 number %9 table %10")
                     .arg(runs.join(u'|'))
                     .arg(format.topMargin())
                     .arg(format.bottomMargin())
                     .arg(format.headingLevel())
                     .arg(format.intProperty(QTextFormat::BlockQuoteLevel))
                     .arg(isCodeBlock(block))
                     .arg(list ? list->format().style() : 0)
                     .arg(list ? list->format().indent() : format.indent())
                     .arg(list ? list->itemNumber(block) : -1)
                     .arg(QTextCursor(block).currentTable() != nullptr);
    }
    return lines;
}

const QStringList kParts = {
    "The vault stands **east** of `Harbor`.\nIt is old.",
    "# The warden",
    "- one\n- two *soft*\n\n  more of two\n- three",
    "1. first\n2. second\n   - inner",
    "```cpp\nint a = 1;\n\nint b = 2; // x\n    return a;\n```",
    "~~~\n``` not the end\n~~~",
    "| what | value |\n|---|---|\n| code | **7731** |\n| year | 612 |",
    "> a quote\n> of two lines",
    "---",
    "612 was the year.",
    "*All* of it, see ![map](map.png) and [here](https://example.org).",
    "Ein Absatz mit Umlauten: ä ö ü, and \u202Ehidden\u202C marks.",
};

QString madeAnswer(std::mt19937& random, int parts)
{
    QString text;
    for (int i = 0; i < parts; ++i)
        text += kParts[int(random() % kParts.size())] + QStringLiteral("\n\n");
    return text.trimmed();
}

// Characters that a document was given anew, and laid out therefore.
struct Rewritten {
    explicit Rewritten(QTextDocument& document)
    {
        QObject::connect(&document, &QTextDocument::contentsChange,
                         [this](int, int, int added) { characters += added; });
    }
    std::int64_t characters = 0;
};

} // namespace

class TestAnswerStream : public QObject {
    Q_OBJECT

private slots:
    void cuts_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<QString>("rest");
        QTest::newRow("one paragraph") << "It is"
                                       << "It is";
        QTest::newRow("two") << "One.\n\nTwo"
                             << "Two";
        QTest::newRow("not yet") << "One.\n\n"
                                 << "One.\n\n";
        QTest::newRow("list goes on") << "- a\n\n- b"
                                      << "- a\n\n- b";
        QTest::newRow("perhaps an item") << "- a\n\n-"
                                         << "- a\n\n-";
        QTest::newRow("number, perhaps an item") << "1. a\n\n2"
                                                 << "1. a\n\n2";
        QTest::newRow("number, no item") << "1. a\n\n2 men"
                                         << "2 men";
        QTest::newRow("bold after a list") << "- a\n\n**b"
                                           << "**b";
        QTest::newRow("item's second paragraph") << "- a\n\n  b\n\nc"
                                                 << "c";
        QTest::newRow("code") << "See\n```py\na\nb\nc"
                              << "b\nc";
        QTest::newRow("code has ended") << "```\na\n```\nNow"
                                        << "Now";
        QTest::newRow("code in an item") << "- a\n  ```\n  b\n  c\n  d\n"
                                         << "- a\n  ```\n  b\n  c\n  d\n";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void cuts()
    {
        QFETCH(QString, markdown);
        QTEST(markdown.mid(settledMarkdown(markdown).at), "rest");
    }

    void sameAsTheWhole()
    {
        std::mt19937 random(11);
        const Theme theme{QPalette()};
        for (int round = 0; round < 25; ++round) {
            const QString answer = madeAnswer(random, 7);
            QTextDocument streamed;
            AnswerStream stream;
            // An end such as "#" alone has nothing to show yet, and Qt counts such blocks one way or the
            // other.
            static const QRegularExpression bare(QStringLiteral("(^|\\n)(#+|>.{0,1}|[-+*]|```.*|~~~)?\\s*$"));
            for (qsizetype shown = 0; shown < answer.size();) {
                shown = std::min<qsizetype>(answer.size(), shown + 1 + random() % 23);
                stream.show(streamed, answer.left(shown), theme);
                if (bare.match(answer.left(shown)).hasMatch())
                    continue;
                QTextDocument whole;
                setAnswerMarkdown(whole, answer.left(shown), theme);
                if (described(streamed) != described(whole))
                    qWarning().noquote() << answer.left(shown);
                QCOMPARE(described(streamed), described(whole));
            }
        }
    }

    void anotherTextBeginsAnew()
    {
        const Theme theme{QPalette()};
        QTextDocument streamed;
        AnswerStream stream;
        stream.show(streamed, "One.\n\nTwo.\n\nThree", theme);
        stream.show(streamed, "Other.\n\nText", theme);
        QCOMPARE(streamed.toPlainText(), "Other.\nText");
        stream.show(streamed, "", theme);
        QCOMPARE(streamed.toPlainText(), "");
    }

    // A token of a long answer costs what its last block costs.
    void finishedBlocksStay()
    {
        ChatMessage message;
        message.kind = MessageKind::Answer;
        message.state = AnswerState::Writing;
        AnswerText view;
        view.resize(600, 400);
        std::mt19937 random(3);
        message.text = madeAnswer(random, 150) + "\n\nAnd now:\n\n```\n";
        for (int line = 0; line < 200; ++line)
            message.text += QStringLiteral("line(%1);\n").arg(line);
        view.setAnswer(message, false);
        QVERIFY(view.document()->blockCount() > 500);
        Rewritten rewritten(*view.document());
        for (int token = 0; token < 200; ++token) {
            message.text += token < 100 ? "more code; " : token == 100 ? "\n```\n\nThen" : " words";
            view.setAnswer(message, false);
        }
        // At most the last block and the one before it, each time.
        QVERIFY2(rewritten.characters < 200 * 2500, qPrintable(QString::number(rewritten.characters)));
    }

    // Of a long conversation only the newest message is laid out again for a token, and what is in view when
    // the width changes; the rest follows by itself.
    void otherMessagesStay()
    {
        WindowFixture f;
        f.show();
        f.engine.emit modelOpened(madeModel());
        f.drop({f.writeFile("annals.txt", WindowFixture::madeBook(2, "A needle."))});
        f.engine.finishIngest();
        std::mt19937 random(9);
        for (int round = 0; round < 30; ++round) {
            f.workspace->ask("And?");
            f.engine.write(madeAnswer(random, 12));
            f.engine.finishAnswer({});
        }
        auto* chat = f.window->findChild<ChatView*>();
        MessageList& list = chat->list();
        QTRY_VERIFY(list.isMeasured());
        f.workspace->ask("And?");
        f.engine.write("It");
        QTRY_COMPARE(chat->messageWidget(61)->browser()->toPlainText(), "It");
        QTRY_VERIFY(list.isMeasured());
        std::int64_t before = list.measuredCount();
        QString text = "It";
        for (int token = 0; token < 20; ++token) {
            f.engine.write(" is.");
            text += " is.";
            QTRY_COMPARE(chat->messageWidget(61)->browser()->toPlainText(), text);
            QCoreApplication::processEvents();
        }
        const std::int64_t measured = list.measuredCount() - before;
        QVERIFY2(measured <= 20 * 6, qPrintable(QString::number(measured))); // of 20 * 62
        QCOMPARE(list.verticalScrollBar()->value(), list.verticalScrollBar()->maximum());

        before = list.measuredCount();
        chat->parentWidget()->resize(chat->parentWidget()->width() - 90, chat->parentWidget()->height());
        QCoreApplication::sendPostedEvents();
        QVERIFY(list.measuredCount() > before && list.measuredCount() - before < 20);
        QTRY_VERIFY(list.isMeasured());
        // A person who has scrolled up keeps the place while heights above change.
        list.verticalScrollBar()->triggerAction(QAbstractSlider::SliderToMinimum);
        QTest::qWait(20);
        f.engine.write(" And more.");
        QTest::qWait(60);
        QCOMPARE(list.verticalScrollBar()->value(), 0);
    }
};

QTEST_MAIN(TestAnswerStream)
#include "tst_answer_stream.moc"
