#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"

#include <fstream>
#include <QTest>
#include <random>
#include <unistd.h>

using namespace lectern;
using lectern::test::FilesIn;

class TestStoreDamage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void refusesAndMovesAside_data();
    void refusesAndMovesAside();
    void survivesFlippedBytes();
    void takesNoOtherJournal();

private:
    std::string m_healthy; // bytes of a store
    std::string m_small;   // bytes of one that is quick to write
};

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kRounds = 500;
#else
constexpr int kRounds = 10'000;
#endif

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Everything a person would do; only that it comes back matters.
void useStore(SessionStore& store)
{
    const auto sessions = store.sessions();
    if (sessions)
        for (const SessionInfo& info : *sessions) {
            (void)store.messages(info.id);
            if (const auto documents = store.documents(info.id))
                for (const DocumentInfo& document : *documents)
                    (void)store.document(document.id);
            (void)store.addMessage(info.id, MessageRole::User, "more");
        }
    (void)store.search("word");
    (void)store.createSession("new");
}

} // namespace

void TestStoreDamage::initTestCase()
{
    if (::access("/dev/shm", W_OK) == 0)
        qputenv("TMPDIR", "/dev/shm"); // no disk is needed to damage a file
    const FilesIn folder;
    {
        Result<SessionStore> store = SessionStore::open(folder.path("s"));
        QVERIFY(store);
        for (int s = 0; s < 5; ++s) {
            const SessionId session = store->createSession("session " + std::to_string(s)).value();
            Document document;
            document.name = "d";
            document.kind = "text";
            for (int i = 0; i < 2000; ++i)
                document.text += "word " + std::to_string(i * s) + "\n";
            QVERIFY(store->addDocument(session, document));
            QVERIFY(store->addMessage(session, MessageRole::User, "a question with a word"));
        }
    }
    {
        Result<SessionStore> store = SessionStore::open(folder.path("small"));
        QVERIFY(store);
        const SessionId session = store->createSession("one").value();
        Document document;
        document.name = "d";
        document.kind = "text";
        document.text = "some words to find\n";
        QVERIFY(store->addDocument(session, document));
        QVERIFY(store->addMessage(session, MessageRole::User, "a question with a word"));
    }
    m_small = contentOf(folder.path("small"));
    m_healthy = contentOf(folder.path("s"));
    QVERIFY(m_healthy.size() > 50'000);
}

void TestStoreDamage::refusesAndMovesAside_data()
{
    QTest::addColumn<QByteArray>("content");
    const auto row = [](const char* name, const std::string& content) {
        QTest::newRow(name) << QByteArray::fromStdString(content);
    };
    row("text",
        "not a database at all, but long enough for a header of one hundred bytes, and then some more.");
    row("cut to half", m_healthy.substr(0, m_healthy.size() / 2));
    row("cut to the header", m_healthy.substr(0, 100));
    row("short", "SQLite");
    std::string torn = m_healthy;
    for (std::size_t page = 2; page < 8; ++page)
        torn.replace(page * 4096, 4096, std::string(4096, '\xA5'));
    row("pages overwritten", torn);
}

void TestStoreDamage::refusesAndMovesAside()
{
    QFETCH(QByteArray, content);
    const FilesIn folder;
    const std::string path = folder.write("s", {content.constData(), std::size_t(content.size())});
    const Result<SessionStore> refused = SessionStore::open(path);
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().code), int(ErrorCode::BadInput));
    QVERIFY(refused.error().message.find("damaged") != std::string::npos);
    QVERIFY(contentOf(path) == content.toStdString());

    Result<SessionStore> fresh =
        SessionStore::open(path, {StoreMode::ReadWrite, DamagedStore::MoveAside, 30});
    QVERIFY2(fresh, fresh ? "" : fresh.error().message.c_str());
    QVERIFY(fresh->openReport().created);
    QVERIFY(fresh->openReport().movedAsidePath.find(".corrupt-") != std::string::npos);
    QVERIFY(contentOf(fresh->openReport().movedAsidePath) == content.toStdString());
    QVERIFY(fresh->createSession("new"));
}

void TestStoreDamage::survivesFlippedBytes()
{
    const FilesIn folder;
    std::mt19937 random(8);
    int refused = 0;
    const int rounds = kRounds;
    for (int round = 0; round < rounds; ++round) {
        std::string bad = m_small;
        const std::size_t reach = round % 2 == 0 ? bad.size() : 4096;
        for (int flips = 1 + int(random() % 20); flips > 0; --flips)
            bad[random() % reach] = static_cast<char>(random());
        std::filesystem::remove(folder.path("s-wal"));
        std::filesystem::remove(folder.path("s-shm"));
        const std::string path = folder.write("s", bad);
        Result<SessionStore> store = SessionStore::open(path);
        if (store) {
            useStore(*store);
            continue;
        }
        ++refused;
        QVERIFY2(store.error().code == ErrorCode::BadInput || store.error().code == ErrorCode::Unsupported ||
                     store.error().code == ErrorCode::Disk,
                 store.error().message.c_str());
        QVERIFY2(!store.error().message.empty() && !store.error().hint.empty(), store.error().message.c_str());
        QVERIFY(store.error().message.find('\n') == std::string::npos);
        QVERIFY(contentOf(path) == bad);
    }
    QVERIFY2(refused > rounds / 12, qPrintable(QString::number(refused)));
    qInfo("%d damaged stores, %d refused and left as they were, the others used without harm", rounds, refused);
}

void TestStoreDamage::takesNoOtherJournal()
{
    const FilesIn folder;
    std::mt19937 random(10);
    std::string journal;
    for (int i = 0; i < 20'000; ++i)
        journal += static_cast<char>(random());
    folder.write("s", m_healthy);
    folder.write("s-wal", journal);
    Result<SessionStore> store = SessionStore::open(folder.path("s"));
    QVERIFY2(store, store ? "" : store.error().message.c_str());
    QCOMPARE(store->sessions()->size(), std::size_t(5));
}

QTEST_APPLESS_MAIN(TestStoreDamage)
#include "tst_store_damage.moc"
