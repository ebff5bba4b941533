// Answers with their citations after each sentence, code that can be copied, and marks by token.
#include "app/worker/answer_sentences.h"
#include "tests/ui/support/window_fixture.h"
#include "ui/chat/answer_alignment.h"
#include "ui/chat/answer_text.h"
#include "ui/chat/chat_view.h"
#include "ui/chat/message_widget.h"
#include "ui/documents/documents_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>
#include <QToolButton>

#include <random>

using namespace lectern;
using namespace lectern::test;

namespace {

const std::string kNeedle =
    "The vault code of Harbor is 7731-KESTREL, set by Warden Ilse Marrow in the year 612.";

ChatMessage answerOf(const QString& text)
{
    ChatMessage message;
    message.kind = MessageKind::Answer;
    message.id = 7;
    message.text = text;
    return message;
}

EvidencePassage passageFor(std::uint64_t begin, std::uint64_t end, int line)
{
    EvidencePassage passage;
    passage.documentId = 3;
    passage.document = "annals.txt";
    passage.line = line;
    passage.score = 0.83;
    passage.answerRanges = {{begin, end}};
    return passage;
}

} // namespace

class TestAnswerText : public QObject {
    Q_OBJECT

private slots:
    void sentences_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QStringList>("sentences");
        QTest::newRow("none") << "" << QStringList();
        QTest::newRow("unfinished") << "It is" << QStringList{"It is"};
        QTest::newRow("two") << "It is 7. He said so!" << QStringList{"It is 7.", "He said so!"};
        QTest::newRow("number") << "Pi is 3.14 here. Yes." << QStringList{"Pi is 3.14 here.", "Yes."};
        QTest::newRow("bold end") << "**It is so.** And on." << QStringList{"**It is so.**", "And on."};
        QTest::newRow("list") << "1. One thing\n2. Another" << QStringList{"1. One thing", "2. Another"};
        QTest::newRow("code") << "See:\n\n```\na. b. c\n```\nDone."
                              << QStringList{"See:", "```\na. b. c\n```", "Done."};
    }
    void sentences()
    {
        QFETCH(QString, answer);
        const std::string text = answer.toStdString();
        QStringList found;
        for (const auto& [begin, end] : answerSentences(text))
            found += QString::fromStdString(text.substr(begin, end - begin));
        QTEST(found, "sentences");
    }

    void alignmentFollowsTheText()
    {
        const std::string answer = "It **is** so. See `code` and *more*, Zoë.";
        const QString shown = "It is so. See code and more, Zoë.";
        const std::vector<int> places = alignAnswer(answer, shown);
        QCOMPARE(places.size(), answer.size() + 1);
        for (const char* word : {"is", "so", "See", "code", "more", "Zo"})
            QCOMPARE(places[answer.find(word)], int(shown.indexOf(word)));
        QCOMPARE(places.back(), int(shown.size()));
        // Whatever comes, it never leaves the text.
        std::mt19937 random(5);
        for (int round = 0; round < 300; ++round) {
            std::string any;
            for (int i = 0; i < 60; ++i)
                any += char(random() % 255 + 1);
            const std::vector<int> found = alignAnswer(any, shown);
            for (std::size_t i = 0; i < found.size(); ++i)
                QVERIFY(found[i] >= (i ? found[i - 1] : 0) && found[i] <= shown.size());
        }
    }

    void citationsStandAfterTheirSentences()
    {
        const QString text = "The code is **7731**. The warden was old.";
        ChatMessage message = answerOf(text);
        message.evidence = {passageFor(0, 21, 303)};
        AnswerText view;
        view.setAnswer(message, false);
        const QString shown = view.toPlainText().replace(QChar::Nbsp, ' ');
        QVERIFY2(shown.contains("The code is 7731.  annals.txt:303 · 83%") ||
                     shown.contains("7731.  annals.txt:303 · 83 %"),
                 qPrintable(shown));
        QVERIFY(shown.endsWith("no confident source"));
        QSignalSpy wanted(&view, &AnswerText::passageWanted);
        emit view.anchorClicked(QUrl("lectern-passage:0"));
        emit view.anchorClicked(QUrl("lectern-passage:9"));
        emit view.anchorClicked(QUrl("lectern-passage:x"));
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted[0][0].value<EvidencePassage>().line, 303);
    }

    void codeIsCopied()
    {
        AnswerText view;
        view.resize(400, 300);
        view.setAnswer(answerOf("Look:\n\n```\nint a;\nint b;\n```\n\nand\n\n```\nint c;\n```\n"), false);
        QCOMPARE(view.codeButtonCount(), 2);
        view.findChildren<QToolButton*>().first()->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("int a;\nint b;"));
    }

    void sentencesMoveTheDocumentAndBack()
    {
        WindowFixture f;
        f.show();
        f.drop({f.writeFile("annals.txt", WindowFixture::madeBook(20, kNeedle))});
        f.engine.finishIngest();
        f.window->showView("attention");
        f.askAndAnswer("What is the code?", {"The code", " is 7731.", " It is", " old."}, kNeedle);
        auto* chat = f.window->findChild<ChatView*>();
        chat->stepSentence(1);
        QCOMPARE(f.workspace->selection().answerRange(), (AnswerRange{0, 2}));
        chat->stepSentence(1);
        QCOMPARE(f.workspace->selection().answerRange(), (AnswerRange{2, 4}));
        chat->stepSentence(1);
        QVERIFY(f.workspace->selection().answerRange().isAll());

        // And a passage marked in the document shades the answer's tokens that looked at it.
        f.window->showView("documents");
        auto* documents = f.window->findChild<DocumentsView*>();
        const auto at =
            documents->reader().display().positionOfByte(f.library.texts.begin()->second.utf8.find(kNeedle));
        QTextCursor cursor(documents->reader().document());
        cursor.setPosition(at);
        cursor.setPosition(at + 40, QTextCursor::KeepAnchor);
        documents->reader().setTextCursor(cursor);
        QVERIFY(!f.workspace->selection().markedText().isEmpty());
        QTRY_VERIFY(!chat->messageWidget(1)->answer()->extraSelections().isEmpty());
        cursor.clearSelection();
        documents->reader().setTextCursor(cursor);
        QTRY_VERIFY(chat->messageWidget(1)->answer()->extraSelections().isEmpty());
    }
};

QTEST_MAIN(TestAnswerText)
#include "tst_answer_text.moc"
