#include "app/session/migrations.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <QTest>
#include <random>
#include <SQLiteCpp/Database.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestSessionStore : public QObject {
    Q_OBJECT
private slots:
    void keepsSessions();
    void ordersSessions();
    void keepsDocumentsByteForByte();
    void storesAllOfADocumentOrNothing();
    void keepsMessages();
    void marksHalfAnswersAtOpen();
    void duplicatesAndBranches();
    void trashesAndRestores();
    void deletesWhatNobodyHolds();
    void refusesWhatIsNotThere();
    void locksOutASecondInstance();
    void readsBesideAWriter();
    void backsUp();
};

namespace {

SessionStore openStore(const std::string& path, const StoreOptions& options = {})
{
    Result<SessionStore> store = SessionStore::open(path, options);
    if (!store)
        qFatal("%s", store.error().message.c_str());
    return std::move(*store);
}

Document someDocument(const std::string& text, const std::string& name = "a.txt")
{
    Document document;
    document.name = name;
    document.path = "/books/" + name;
    document.kind = "text";
    document.text = text;
    document.bytesOnDisk = text.size();
    return document;
}

std::int64_t numberIn(const std::string& path, const std::string& sql)
{
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getInt64();
}

} // namespace

void TestSessionStore::keepsSessions()
{
    const FilesIn folder;
    const std::string path = folder.path("deep/er/lectern.sqlite");
    SessionId id;
    {
        SessionStore store = openStore(path);
        QVERIFY(store.openReport().created);
        id = store.createSession("First").value();
        QVERIFY(store.renameSession(id, "Renamed \u4E2D").has_value());
        QVERIFY(store.setModel(id, "mini", "longgen").has_value());
        QVERIFY(store.setDraft(id, "Who was").has_value());
        QVERIFY(store.setPinned(id, true).has_value());
    }
    SessionStore store = openStore(path);
    QVERIFY(!store.openReport().created);
    const SessionInfo info = store.session(id).value();
    QCOMPARE(info.name, std::string("Renamed \u4E2D"));
    QCOMPARE(info.model + info.plan + info.draft, std::string("minilonggenWho was"));
    QVERIFY(info.pinned && info.createdMs > 0 && info.changedMs >= info.createdMs);
    QCOMPARE(numberIn(path, "PRAGMA user_version"), std::int64_t(currentStoreVersion()));
    QCOMPARE(numberIn(path, "PRAGMA application_id"), std::int64_t(kStoreApplicationId));
    QVERIFY(SessionStore::checkIntegrity(path).has_value());
}

void TestSessionStore::ordersSessions()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId a = store.createSession("a").value();
    const SessionId b = store.createSession("b").value();
    const SessionId c = store.createSession("c").value();
    QTest::qSleep(5);
    QVERIFY(store.addMessage(a, MessageRole::User, "hi").has_value());
    QVERIFY(store.setPinned(b, true).has_value());
    std::vector<SessionId> order;
    const std::vector<SessionInfo> sessions = store.sessions().value();
    for (const SessionInfo& info : sessions)
        order.push_back(info.id);
    QVERIFY(order == (std::vector<SessionId>{b, a, c}));
}

void TestSessionStore::keepsDocumentsByteForByte()
{
    const FilesIn folder;
    std::mt19937 random(2);
    const std::vector<std::string> pieces = {"word ", "\n", "é", "中文", "😀", "longerword", ". "};
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    std::vector<Document> added;
    for (const std::size_t size :
         {std::size_t(1), std::size_t(4095), std::size_t(4096), std::size_t(4097), std::size_t(300'000)}) {
        Document document = someDocument("", "book\xFF.txt");
        while (document.text.size() < size)
            document.text += size == 4097 ? "中" : pieces[random() % pieces.size()];
        document.pages = {{1, 0}, {2, 1}};
        document.files = {{"src/é.cc", 0, 1, 7}};
        document.warnings = {"a warning"};
        document.skipped = {{"x/", "why"}};
        document.name = "book.txt";
        document.modifiedMs = 12345;
        document.id = store.addDocument(session, document).value();
        added.push_back(document);
    }
    added.push_back(someDocument(std::string(50'000, 'x'), "one line"));
    added.back().id = store.addDocument(session, added.back()).value();
    const std::vector<DocumentInfo> infos = store.documents(session).value();
    QCOMPARE(infos.size(), added.size());
    for (std::size_t i = 0; i < added.size(); ++i) {
        const Document got = store.document(added[i].id).value();
        QVERIFY(infos[i].id == added[i].id);
        QCOMPARE(infos[i].textBytes, std::uint64_t(added[i].text.size()));
        QVERIFY(got.text == added[i].text);
        QCOMPARE(got.path, added[i].path);
        QCOMPARE(got.pages.size(), added[i].pages.size());
        QCOMPARE(got.files.size(), added[i].files.size());
        QVERIFY(got.warnings == added[i].warnings);
        QCOMPARE(got.modifiedMs, added[i].modifiedMs);
    }
    QCOMPARE(store.document(added[0].id)->files[0].path, std::string("src/é.cc"));
    QCOMPARE(store.document(added[0].id)->files[0].firstLine, 7U);
    QCOMPARE(store.document(added[0].id)->skipped[0].reason, std::string("why"));
    QCOMPARE(store.session(session)->documentCount, std::uint32_t(added.size()));
}

void TestSessionStore::storesAllOfADocumentOrNothing()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    CancelToken cancel;
    cancel.cancel();
    const Result<DocumentId> added =
        store.addDocument(session, someDocument(std::string(100'000, 'x')), cancel);
    QVERIFY(!added);
    QCOMPARE(int(added.error().code), int(ErrorCode::Cancelled));
    QVERIFY(store.documents(session)->empty());
    QCOMPARE(numberIn(folder.path("s"), "SELECT count(*) FROM passage"), std::int64_t(0));
}

void TestSessionStore::keepsMessages()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    QVERIFY(store.addMessage(session, MessageRole::User, "Who?").has_value());
    const MessageId answer = store.beginAnswer(session).value();
    QCOMPARE(int(store.message(answer)->state), int(MessageState::Generating));
    QVERIFY(store.appendAnswer(answer, "Ada ").has_value());
    QVERIFY(store.appendAnswer(answer, "Lovelace é").has_value());
    QVERIFY(store.finishAnswer(answer, {MessageState::Complete, "end", R"({"a":1})", "[]"}).has_value());
    const std::vector<Message> messages = store.messages(session).value();
    QCOMPARE(messages.size(), std::size_t(2));
    QCOMPARE(messages[0].text, std::string("Who?"));
    QCOMPARE(int(messages[0].role), int(MessageRole::User));
    QCOMPARE(messages[1].text, std::string("Ada Lovelace é"));
    QCOMPARE(messages[1].ordinal, 1U);
    QCOMPARE(messages[1].stopReason + messages[1].statsJson + messages[1].evidenceJson,
             std::string("end{\"a\":1}[]"));
    QVERIFY(messages[1].finishedMs > 0);
    QVERIFY(!store.appendAnswer(answer, "more"));
    QVERIFY(!store.finishAnswer(answer, {}));
    QVERIFY(!store.continueAnswer(answer)); // it is complete
    QVERIFY(!store.finishAnswer(answer, {MessageState::Generating, {}, {}, {}}));
}

void TestSessionStore::marksHalfAnswersAtOpen()
{
    const FilesIn folder;
    MessageId answer;
    {
        SessionStore store = openStore(folder.path("s"));
        const SessionId session = store.createSession("s").value();
        answer = store.beginAnswer(session).value();
        QVERIFY(store.appendAnswer(answer, "half an").has_value());
    }
    SessionStore store = openStore(folder.path("s"));
    QCOMPARE(store.openReport().interrupted, 1U);
    const Message message = store.message(answer).value();
    QCOMPARE(int(message.state), int(MessageState::Interrupted));
    QCOMPARE(message.text, std::string("half an"));
    QCOMPARE(message.stopReason, std::string("crash"));
    QVERIFY(store.continueAnswer(answer).has_value());
    QVERIFY(store.appendAnswer(answer, " answer").has_value());
    QVERIFY(store.finishAnswer(answer, {MessageState::Complete, "end", {}, {}}).has_value());
    QCOMPARE(store.message(answer)->text, std::string("half an answer"));
}

void TestSessionStore::duplicatesAndBranches()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId original = store.createSession("s").value();
    QVERIFY(store.setModel(original, "m", "p").has_value());
    const DocumentId document = store.addDocument(original, someDocument("shared text")).value();
    std::vector<MessageId> ids;
    for (const char* text : {"one", "two", "three"})
        ids.push_back(store.addMessage(original, MessageRole::User, text).value());
    const MessageId running = store.beginAnswer(original).value();
    const SessionId copy = store.duplicateSession(original, "copy").value();
    const SessionId branch = store.duplicateSession(original, "branch", ids[1]).value();
    QCOMPARE(store.messages(copy)->size(), std::size_t(4));
    QCOMPARE(int(store.messages(copy)->back().state), int(MessageState::Interrupted));
    QCOMPARE(int(store.message(running)->state), int(MessageState::Generating));
    QCOMPARE(store.messages(branch)->size(), std::size_t(2));
    QCOMPARE(store.messages(branch)->back().text, std::string("two"));
    QVERIFY(store.documents(branch)->front().id == document);
    QCOMPARE(store.session(copy)->model, std::string("m"));
    QVERIFY(!store.duplicateSession(copy, "wrong", ids[0])); // a message of another session
    QVERIFY(store.removeDocument(original, document).has_value());
    QCOMPARE(store.document(document)->text, std::string("shared text"));
}

void TestSessionStore::trashesAndRestores()
{
    const FilesIn folder;
    SessionId kept;
    SessionId old;
    {
        SessionStore store = openStore(folder.path("s"));
        kept = store.createSession("kept").value();
        old = store.createSession("old").value();
        QVERIFY(store.trashSession(kept).has_value());
        QVERIFY(store.trashSession(old).has_value());
        QCOMPARE(store.trash()->size(), std::size_t(2));
        QVERIFY(store.sessions()->empty());
        QVERIFY(store.restoreSession(kept).has_value());
        QCOMPARE(store.sessions()->size(), std::size_t(1));
    }
    QCOMPARE(openStore(folder.path("s")).openReport().purged, 0U);
    {
        SQLite::Database database(folder.path("s"), SQLite::OPEN_READWRITE);
        database.exec(
            "UPDATE session SET trashed_ms = trashed_ms - 31 * 86400000 WHERE trashed_ms IS NOT NULL");
    }
    SessionStore store = openStore(folder.path("s"));
    QCOMPARE(store.openReport().purged, 1U);
    QVERIFY(!store.session(old));
    QVERIFY(store.session(kept).has_value());
}

void TestSessionStore::deletesWhatNobodyHolds()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId a = store.createSession("a").value();
    const DocumentId document = store.addDocument(a, someDocument("some text")).value();
    QVERIFY(store.addMessage(a, MessageRole::User, "hello").has_value());
    const SessionId b = store.duplicateSession(a, "b").value();
    QVERIFY(store.deleteForever(a).has_value());
    QVERIFY(store.document(document).has_value());
    QVERIFY(store.deleteForever(b).has_value());
    QVERIFY(!store.document(document));
    QCOMPARE(numberIn(folder.path("s"), "SELECT count(*) FROM passage"), std::int64_t(0));
    QCOMPARE(numberIn(folder.path("s"), "SELECT count(*) FROM message"), std::int64_t(0));
    QVERIFY(store.createSession("c").value() > b); // numbers are not used again
}

void TestSessionStore::refusesWhatIsNotThere()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId none(99);
    QCOMPARE(int(store.session(none).error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.renameSession(none, "x").error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.addMessage(none, MessageRole::User, "x").error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.addDocument(none, someDocument("x")).error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.documents(none).error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.messages(none).error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.document(DocumentId(5)).error().code), int(ErrorCode::NotFound));
    QCOMPARE(int(store.appendAnswer(MessageId(5), "x").error().code), int(ErrorCode::Usage));
    QCOMPARE(numberIn(folder.path("s"), "SELECT count(*) FROM document"), std::int64_t(0));
}

void TestSessionStore::locksOutASecondInstance()
{
    const FilesIn folder;
    {
        SessionStore first = openStore(folder.path("s"));
        const Result<SessionStore> second = SessionStore::open(folder.path("s"));
        QVERIFY(!second);
        QCOMPARE(int(second.error().code), int(ErrorCode::Usage));
        QVERIFY(!SessionStore::moveAside(folder.path("s")));
    }
    QVERIFY(SessionStore::open(folder.path("s")).has_value());
}

void TestSessionStore::readsBesideAWriter()
{
    const FilesIn folder;
    QVERIFY(!SessionStore::open(folder.path("s"), {StoreMode::ReadOnly, DamagedStore::Refuse, 30}));
    SessionStore writer = openStore(folder.path("s"));
    const SessionId id = writer.createSession("one").value();
    {
        SessionStore reader = openStore(folder.path("s"), {StoreMode::ReadOnly, DamagedStore::Refuse, 30});
        QCOMPARE(reader.sessions()->size(), std::size_t(1));
        QVERIFY(writer.createSession("two").has_value());
        QCOMPARE(reader.sessions()->size(), std::size_t(2));
        QVERIFY(!reader.renameSession(id, "x"));
        QCOMPARE(int(reader.renameSession(id, "x").error().code), int(ErrorCode::Disk));
    }
    QCOMPARE(writer.session(id)->name, std::string("one"));
}

void TestSessionStore::backsUp()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId id = store.createSession("one").value();
    QVERIFY(store.backup(folder.path("copy")).has_value());
    QCOMPARE(openStore(folder.path("copy")).session(id)->name, std::string("one"));
    QCOMPARE(int(store.backup(folder.path("copy")).error().code), int(ErrorCode::Usage));
}

QTEST_APPLESS_MAIN(TestSessionStore)
#include "tst_session_store.moc"
