#include "app/session/migrations.h"
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"
#include "tests/app/session/old_store.h"

#include <fstream>
#include <QTest>
#include <SQLiteCpp/Database.h>

using namespace lectern;
using namespace lectern::test;

class TestStoreMigrations : public QObject {
    Q_OBJECT
private slots:
    void migratesOldStores();
    void refusesNewerAndForeignStores_data();
    void refusesNewerAndForeignStores();
};

namespace {

std::string contentOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::int64_t numberIn(const std::string& path, const std::string& sql)
{
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    return database.execAndGet(sql).getInt64();
}

} // namespace

// A store of each earlier version, with its content, is brought to this one.
void TestStoreMigrations::migratesOldStores()
{
    for (int version = 1; version < currentStoreVersion(); ++version) {
        const FilesIn folder;
        makeOldStore(folder.path("s"), version);
        Result<SessionStore> opened = SessionStore::open(folder.path("s"));
        QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
        SessionStore& store = *opened;
        QCOMPARE(store.openReport().migratedFrom, version);
        QCOMPARE(numberIn(store.openReport().backupPath, "PRAGMA user_version"), std::int64_t(version));
        QCOMPARE(numberIn(store.openReport().backupPath, "SELECT count(*) FROM message"), std::int64_t(2));
        QCOMPARE(store.session(SessionId(7))->name, std::string("old"));
        QCOMPARE(store.document(DocumentId(3))->text, std::string("old words"));
        QCOMPARE(store.openReport().interrupted, 1U);
        QCOMPARE(store.search("old")->size(), std::size_t(2));
        QCOMPARE(store.search("half")->size(), std::size_t(1));
    }
}

void TestStoreMigrations::refusesNewerAndForeignStores_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<int>("code");
    QTest::newRow("newer") << QString(
                                  "PRAGMA application_id = %1; PRAGMA user_version = %2; CREATE TABLE x(y);")
                                  .arg(kStoreApplicationId)
                                  .arg(currentStoreVersion() + 1)
                           << int(ErrorCode::Unsupported);
    QTest::newRow("newer with a journal") << QString("PRAGMA journal_mode=WAL; PRAGMA application_id = %1; "
                                                     "PRAGMA user_version = %2; CREATE TABLE x(y);")
                                                 .arg(kStoreApplicationId)
                                                 .arg(currentStoreVersion() + 1)
                                          << int(ErrorCode::Unsupported);
    QTest::newRow("foreign") << "CREATE TABLE x(y); INSERT INTO x VALUES (1);" << int(ErrorCode::Unsupported);
    QTest::newRow("foreign with an id") << "PRAGMA application_id = 77;" << int(ErrorCode::Unsupported);
    QTest::newRow("version 0")
        << QString("PRAGMA application_id = %1; CREATE TABLE x(y);").arg(kStoreApplicationId)
        << int(ErrorCode::BadInput);
}

void TestStoreMigrations::refusesNewerAndForeignStores()
{
    QFETCH(QString, sql);
    QFETCH(int, code);
    const FilesIn folder;
    {
        SQLite::Database database(folder.path("s"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        database.exec(sql.toStdString());
    }
    const std::string before = contentOf(folder.path("s"));
    const Result<SessionStore> store = SessionStore::open(folder.path("s"));
    QVERIFY(!store);
    QCOMPARE(int(store.error().code), code);
    QVERIFY(contentOf(folder.path("s")) == before);
    // Asking to move damaged files aside does not touch what is only newer or foreign.
    if (code == int(ErrorCode::Unsupported)) {
        QVERIFY(!SessionStore::open(folder.path("s"), {StoreMode::ReadWrite, DamagedStore::MoveAside, 30}));
        QVERIFY(contentOf(folder.path("s")) == before);
    }
}

QTEST_APPLESS_MAIN(TestStoreMigrations)
#include "tst_store_migrations.moc"
