#include "app/session/search_words.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <QElapsedTimer>
#include <QTest>
#include <random>

using namespace lectern;
using lectern::test::FilesIn;

class TestStoreSearch : public QObject {
    Q_OBJECT
private slots:
    void makesExpressions_data();
    void makesExpressions();
    void findsMessagesAndDocuments();
    void pointsAtTheHit();
    void staysInStep();
    void survivesAnyInput();
    void isQuick();
};

void TestStoreSearch::makesExpressions_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("expression");
    QTest::newRow("nothing") << ""
                             << "";
    QTest::newRow("signs") << " - * \"\" ( "
                           << "";
    QTest::newRow("one") << "harb"
                         << "\"harb\" *";
    QTest::newRow("short") << "har"
                           << "\"har\"";
    QTest::newRow("two") << "vault code"
                         << "\"vault\" AND \"code\" *";
    QTest::newRow("phrase") << "\"vault code\" held"
                            << "\"vault code\" AND \"held\" *";
    QTest::newRow("phrase last") << "of \"vault code\""
                                 << "\"of\" AND \"vault code\"";
    QTest::newRow("open quote") << "of \"vault code"
                                << "\"of\" AND \"vault code\"";
    QTest::newRow("operators") << "a OR NOT b:c"
                               << "\"a\" AND \"OR\" AND \"NOT\" AND \"b:c\"";
}

void TestStoreSearch::makesExpressions()
{
    QFETCH(QString, typed);
    QFETCH(QString, expression);
    const std::string beginning = searchExpression(typed.toStdString(), LastWord::Beginning);
    QCOMPARE(QString::fromStdString(beginning), expression);
    QCOMPARE(QString::fromStdString(searchExpression(typed.toStdString(), LastWord::Whole)),
             expression.endsWith(" *") ? expression.chopped(2) : expression);
}

namespace {

SessionStore openStore(const std::string& path)
{
    Result<SessionStore> store = SessionStore::open(path);
    if (!store)
        qFatal("%s", store.error().message.c_str());
    return std::move(*store);
}

Document someDocument(const std::string& text)
{
    Document document;
    document.name = "annals.txt";
    document.kind = "text";
    document.text = text;
    return document;
}

} // namespace

void TestStoreSearch::findsMessagesAndDocuments()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("Harbor").value();
    QVERIFY(store.addMessage(session, MessageRole::User, "What is the vault code?").has_value());
    QVERIFY(store.addDocument(session, someDocument("The vault code of Harbor is 7-1-9. Café.")).has_value());
    QCOMPARE(store.search("vault code")->size(), std::size_t(2));
    QCOMPARE(store.search("vaul")->size(), std::size_t(2));
    QCOMPARE(store.search("vaul code")->size(), std::size_t(0)); // only the last word is a beginning
    QCOMPARE(store.search("harbor 719")->size(), std::size_t(0));
    QCOMPARE(store.search("\"code of harbor\"")->size(), std::size_t(1));
    QCOMPARE(store.search("cafe")->size(), std::size_t(1));
    QCOMPARE(store.search("vault", {.limit = 50, .documents = false})->size(), std::size_t(1));
    QCOMPARE(store.search("vault", {.limit = 50, .messages = false})->size(), std::size_t(1));
    QCOMPARE(store.search("vault", {.limit = 1})->size(), std::size_t(1));
    QVERIFY(store.trashSession(session).has_value());
    QVERIFY(store.search("vault")->empty());
    QCOMPARE(store.search("vault", {.trash = true})->size(), std::size_t(2));
}

void TestStoreSearch::pointsAtTheHit()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "Sentence " + std::to_string(i) + " of the çhronicle.\n";
    const DocumentId id = store.addDocument(session, someDocument(text)).value();
    for (const int i : {0, 1, 777, 1500, 2999}) {
        const std::vector<SearchHit> hits = store.search("\"sentence " + std::to_string(i) + "\"").value();
        QCOMPARE(hits.size(), std::size_t(1));
        QVERIFY(hits[0].document == id);
        QCOMPARE(hits[0].documentName, std::string("annals.txt"));
        QCOMPARE(hits[0].offset, std::uint64_t(text.find("Sentence " + std::to_string(i) + " ")));
        QVERIFY(hits[0].snippet.find(std::string(1, kHitBegin) + "Sentence " + std::to_string(i) + kHitEnd) !=
                std::string::npos);
    }
}

void TestStoreSearch::staysInStep()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    const MessageId answer = store.beginAnswer(session).value();
    QVERIFY(store.appendAnswer(answer, "zebra ").has_value());
    QVERIFY(store.search("zebra")->empty()); // not while it is being written
    QVERIFY(store.appendAnswer(answer, "crossing").has_value());
    QVERIFY(store.finishAnswer(answer, {MessageState::Interrupted, "cancelled", {}, {}}).has_value());
    QCOMPARE(store.search("\"zebra crossing\"")->size(), std::size_t(1));
    QVERIFY(store.continueAnswer(answer).has_value());
    QVERIFY(store.search("zebra")->empty());
    QVERIFY(store.appendAnswer(answer, " now").has_value());
    QVERIFY(store.finishAnswer(answer, {MessageState::Complete, "end", {}, {}}).has_value());
    QCOMPARE(store.search("crossing now")->size(), std::size_t(1));
    const DocumentId document = store.addDocument(session, someDocument("giraffe")).value();
    QCOMPARE(store.search("giraffe")->size(), std::size_t(1));
    QVERIFY(store.removeDocument(session, document).has_value());
    QVERIFY(store.search("giraffe")->empty());
    QVERIFY(store.deleteForever(session).has_value());
    QVERIFY(store.search("zebra")->empty());
    QVERIFY(SessionStore::checkIntegrity(folder.path("s")).has_value());
}

void TestStoreSearch::survivesAnyInput()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    QVERIFY(store.addDocument(session, someDocument("a b c")).has_value());
    std::mt19937 random(4);
    const std::string alphabet("ab \"'*()^:-+{}\\\0\xC3\xA9\xFF\n", 22);
    for (int round = 0; round < 3000; ++round) {
        std::string typed;
        for (std::size_t i = random() % 12; i > 0; --i)
            typed += alphabet[random() % alphabet.size()];
        const auto hits = store.search(typed);
        QVERIFY2(hits, hits ? "" : hits.error().message.c_str());
    }
}

void TestStoreSearch::isQuick()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    std::mt19937 random(9);
    std::vector<std::string> words;
    for (int i = 0; i < 5000; ++i)
        words.push_back("w" + std::to_string(i));
    // LECTERN_LARGE_SEARCH=1: a thousand sessions and 200 MB, to be measured by hand; filling takes minutes.
    const int sessions = qEnvironmentVariableIsSet("LECTERN_LARGE_SEARCH") ? 1000 : 20;
    for (int s = 0; s < sessions; ++s) {
        std::string text;
        while (text.size() < 200'000) // "the" is everywhere, "w4999" is rare
            text += "the " + words[std::min(random() % 5000, random() % 5000)] +
                    (random() % 12 == 0 ? ".\n" : " ");
        const SessionId session = store.createSession("s").value();
        QVERIFY(store.addDocument(session, someDocument(text)).has_value());
    }
    for (const char* typed : {"the", "w499", "the w10", "w4999", "\"the w17 the\""}) {
        QElapsedTimer timer;
        timer.start();
        QVERIFY(store.search(typed).has_value());
        qInfo("%d sessions of 200 KB, '%s': %lld ms", sessions, typed, static_cast<long long>(timer.elapsed()));
    }
}

QTEST_APPLESS_MAIN(TestStoreSearch)
#include "tst_store_search.moc"
