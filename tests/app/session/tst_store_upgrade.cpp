// Bringing an old store up to date while the process is killed, the power goes or the disk fails: the store is afterwards
// the old one or the new one, with all that was in it.
#include "app/session/session_store.h"
#include "tests/app/documents/files_in.h"
#include "tests/app/session/faulty_vfs.h"
#include "tests/app/session/old_store.h"

#include <QTest>
#include <sys/wait.h>
#include <unistd.h>

using namespace lectern;
using namespace lectern::test;

class TestStoreUpgrade : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void survivesAFaultAtEachWrite_data();
    void survivesAFaultAtEachWrite();
};

namespace {

// Whether the process went through it; its error, if any, is checked there.
bool upgradeInChild(const std::string& path, Fault fault, int at)
{
    const pid_t child = ::fork();
    if (child == 0) {
        armFault(fault, at);
        bool clear = true;
        {
            const Result<SessionStore> store = SessionStore::open(path);
            clear = store || (store.error().code == ErrorCode::Disk && !store.error().hint.empty());
        }
        ::_exit(!clear ? 2 : operationsSinceArmed() < at ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
        qFatal("an unclear error at operation %d", at);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Empty, or what of the old store is not there.
QString missing(const std::string& path)
{
    const Result<SessionStore> store = SessionStore::open(path);
    if (!store)
        return QString::fromStdString(store.error().message);
    const auto session = store->session(SessionId(7));
    const auto document = store->document(DocumentId(3));
    const auto messages = store->messages(SessionId(7));
    const auto found = store->search("old");
    if (!session || session->name != "old" || !document || document->text != "old words")
        return "the session or its document";
    if (!messages || messages->size() != 2 || messages->back().text != "half" ||
        messages->back().state != MessageState::Interrupted)
        return "the messages";
    if (!found || found->size() != 2)
        return "the search index";
    const Status whole = SessionStore::checkIntegrity(path);
    return whole ? QString() : QString::fromStdString(whole.error().message);
}

} // namespace

void TestStoreUpgrade::initTestCase()
{
    if (::access("/dev/shm", W_OK) == 0)
        qputenv("TMPDIR", "/dev/shm");
    installFaultyVfs();
}

void TestStoreUpgrade::survivesAFaultAtEachWrite_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<int>("fault");
    for (int version = 1; version < currentStoreVersion(); ++version) {
        const auto row = [&](const char* name, Fault fault) {
            QTest::newRow(qPrintable(QStringLiteral("from version %1, %2").arg(version).arg(QLatin1String(name))))
                << version << int(fault);
        };
        row("killed", Fault::Kill);
        row("killed in a write", Fault::TornKill);
        row("power lost", Fault::PowerLoss);
        row("power lost in writes", Fault::TornPowerLoss);
        row("disk full", Fault::FullAlways);
        row("disk error once", Fault::ErrorOnce);
    }
}

void TestStoreUpgrade::survivesAFaultAtEachWrite()
{
    QFETCH(int, version);
    QFETCH(int, fault);
    int points = 0;
    for (bool through = false; !through; ++points) {
        const FilesIn folder;
        armFault(Fault::None, 0);
        makeOldStore(folder.path("s"), version);
        through = upgradeInChild(folder.path("s"), Fault(fault), points + 1);
        const QString lost = missing(folder.path("s"));
        QVERIFY2(lost.isEmpty(), qPrintable(QStringLiteral("%1 at operation %2").arg(lost).arg(points + 1)));
    }
    QVERIFY(points > 20);
    qInfo("%d points", points);
}

QTEST_APPLESS_MAIN(TestStoreUpgrade)
#include "tst_store_upgrade.moc"
