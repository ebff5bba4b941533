// Turns replaced and taken away, and the rows of snapshots.
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <QTest>

using namespace lectern;
using lectern::test::FilesIn;

class TestStoreTurns : public QObject {
    Q_OBJECT
private slots:
    void replacesAndRemovesTurns();
    void notesSnapshots();
};

namespace {

SessionStore openStore(const std::string& path)
{
    Result<SessionStore> store = SessionStore::open(path);
    if (!store)
        qFatal("%s", store.error().message.c_str());
    return std::move(*store);
}

} // namespace

void TestStoreTurns::replacesAndRemovesTurns()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId session = store.createSession("s").value();
    const SessionId other = store.createSession("other").value();
    std::vector<StoredTurn> turns;
    for (const char* question : {"one", "two", "three"}) {
        turns.push_back(store.beginTurn(session, question).value());
        QVERIFY(store.appendAnswer(turns.back().answer, std::string("answer to ") + question).has_value());
        QVERIFY(store.finishAnswer(turns.back().answer, {}).has_value());
    }
    const auto texts = [&] {
        std::string joined;
        const std::vector<Message> messages = store.messages(session).value();
        for (const Message& message : messages)
            joined += message.text + ";";
        return joined;
    };
    // What is no question of this session replaces nothing.
    QCOMPARE(store.beginTurn(session, "x", turns[1].answer).error().code, ErrorCode::Usage);
    QCOMPARE(store.beginTurn(other, "x", turns[1].question).error().code, ErrorCode::Usage);
    QCOMPARE(store.removeTurnsFrom(session, MessageId(9999)).error().code, ErrorCode::Usage);
    QCOMPARE(texts(), std::string("one;answer to one;two;answer to two;three;answer to three;"));
    QVERIFY(store.messages(other)->empty());

    const StoredTurn instead = store.beginTurn(session, "two again", turns[1].question).value();
    QCOMPARE(texts(), std::string("one;answer to one;two again;;"));
    QCOMPARE(int(store.message(instead.answer)->state), int(MessageState::Generating));
    QCOMPARE(store.messages(session)->back().ordinal, 3U);
    QVERIFY(!store.message(turns[2].question));
    QVERIFY(store.search("three")->empty()); // gone from the index too
    QVERIFY(store.appendAnswer(instead.answer, "yes").has_value());
    QVERIFY(store.removeTurnsFrom(session, instead.question).has_value());
    QCOMPARE(texts(), std::string("one;answer to one;"));
    QVERIFY(store.removeTurnsFrom(session, turns[0].question).has_value());
    QCOMPARE(texts(), std::string());
    QVERIFY(store.beginTurn(session, "first").has_value());
}

void TestStoreTurns::notesSnapshots()
{
    const FilesIn folder;
    SessionStore store = openStore(folder.path("s"));
    const SessionId first = store.createSession("first").value();
    const SessionId second = store.createSession("second").value();
    QVERIFY(store.snapshots()->empty());
    QVERIFY(store.noteSnapshot(first, {{}, 1, 100, 5000, 0}).has_value());
    QVERIFY(store.noteSnapshot(second, {{}, 7, 50, std::uint64_t(1) << 40, 0}).has_value());
    QVERIFY(store.noteSnapshot(first, {{}, 2, 130, 6000, 0}).has_value()); // in place of the one before
    const std::vector<SnapshotRow> rows = store.snapshots().value();
    QCOMPARE(rows.size(), std::size_t(2));
    for (const SnapshotRow& row : rows) {
        QCOMPARE(row.generation, row.session == first ? 2U : 7U);
        QCOMPARE(row.tokens, row.session == first ? 130 : 50);
        QCOMPARE(row.bytes, row.session == first ? std::uint64_t(6000) : std::uint64_t(1) << 40);
        QVERIFY(row.savedMs > 0);
    }
    QCOMPARE(store.noteSnapshot(SessionId(99), {}).error().code, ErrorCode::NotFound);
    QVERIFY(store.forgetSnapshot(second).has_value());
    QVERIFY(store.forgetSnapshot(second).has_value());
    QVERIFY(store.deleteForever(first).has_value()); // and its snapshot
    QVERIFY(store.snapshots()->empty());
}

QTEST_APPLESS_MAIN(TestStoreTurns)
#include "tst_store_turns.moc"
