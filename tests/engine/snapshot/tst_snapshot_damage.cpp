// Nothing of a damaged snapshot reaches a session: whatever is flipped, cut, swapped or put in its place.
#include "tests/engine/snapshot/snapshot_support.h"
#include "tests/support/attention_case.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include <csignal>
#include <map>
#include <sys/resource.h>

using namespace lectern;
using namespace lectern::test;

namespace {

using Files = std::map<QString, QByteArray>; // by path

Files filesOf(const QString& folder)
{
    Files files;
    for (const QFileInfo& info : QDir(folder).entryInfoList(QDir::Files)) {
        QFile file(info.filePath());
        if (file.open(QIODevice::ReadOnly))
            files[info.filePath()] = file.readAll();
    }
    return files;
}

bool put(const QString& path, const QByteArray& bytes)
{
    QFile::remove(path); // whatever stands there
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

// One change of one file; returns what was done, "" where it came out unchanged.
QString damage(const Files& files, std::mt19937& random)
{
    const auto pick = std::next(files.begin(), drawn(random, 0, std::int64_t(files.size()) - 1));
    const QString path = pick->first;
    QByteArray bytes = pick->second;
    // Half of the places in the first 200 bytes, where the headers are.
    const auto place = [&] {
        const qint64 last = drawn(random, 0, 1) ? std::min<qint64>(bytes.size(), 200) - 1 : bytes.size() - 1;
        return drawn(random, 0, last);
    };
    QString deed;
    switch (drawn(random, 0, 7)) {
    case 0: {
        deed = "flipped a bit";
        const qint64 at = place();
        bytes[at] = char(bytes[at] ^ (1 << drawn(random, 0, 7)));
        break;
    }
    case 1: {
        deed = "wrote random bytes";
        const qint64 at = place();
        for (qint64 i = at; i < std::min<qint64>(at + 16, bytes.size()); ++i)
            bytes[i] = char(drawn(random, 0, 255));
        break;
    }
    case 2: {
        deed = "wrote a huge number";
        const qint64 at = std::min<qint64>(place(), bytes.size() - 8);
        const std::int64_t number =
            drawn(random, 0, 1) ? INT64_MAX : std::int64_t{1} << drawn(random, 31, 62);
        bytes.replace(at, 8, QByteArray(reinterpret_cast<const char*>(&number), 8));
        break;
    }
    case 3:
        deed = "cut";
        bytes.truncate(place());
        break;
    case 4:
        deed = "went on";
        bytes.append(QByteArray(int(drawn(random, 1, 100)), char(drawn(random, 0, 255))));
        break;
    case 5: {
        deed = "another file's content";
        bytes = std::next(files.begin(), drawn(random, 0, std::int64_t(files.size()) - 1))->second;
        break;
    }
    case 6: {
        deed = "zeros as after a lost write";
        const qint64 at = place();
        bytes.replace(at, std::min<qint64>(512, bytes.size() - at),
                      QByteArray(std::min<qint64>(512, bytes.size() - at), 0));
        break;
    }
    default: {
        deed = "moved a block";
        const qint64 at = place(), length = std::min<qint64>(256, bytes.size() - at);
        bytes.replace(at, length, bytes.mid(bytes.size() - length));
    }
    }
    return bytes != pick->second && put(path, bytes) ? deed + " in " + path : QString();
}

} // namespace

class TestSnapshotDamage : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void thousandDamagesAreRefused();
    void strangeFilesAreRefused();
    void aFullDiskLeavesTheOldOneWhole();

private:
    std::unique_ptr<ModelFixture> m_fixture;
};

void TestSnapshotDamage::initTestCase()
{
    m_fixture = std::make_unique<ModelFixture>(sessionShape(1));
    QVERIFY2(m_fixture->error().empty(), m_fixture->error().c_str());
}

void TestSnapshotDamage::thousandDamagesAreRefused()
{
    std::mt19937 random(5);
    int accepted = 0, done = 0;
    for (const char* plan : kSnapshotPlans) {
        SnapshotCase session(m_fixture->model(), plan);
        // Three segments: the document, and two turns.
        for (int turn = 0; turn < 3; ++turn) {
            std::vector<TokenId> text = session.open.session->tokens();
            const auto more = randomTokens(turn == 0 ? 400 : 70, 50, 20 + unsigned(turn));
            text.insert(text.end(), more.begin(), more.end());
            QVERIFY(session.open.session->read(text, {}, {}));
            QCOMPARE(session.save(), std::string());
        }
        const Files files = filesOf(session.place.path());
        QVERIFY(files.size() >= 3);
        const TestSession target = openSession(m_fixture->model(), snapshotSettings(plan));
        const std::vector<TokenId> before = randomTokens(30, 50, 9);
        QVERIFY(target.session->read(before, {}, {}));
        for (int i = 0; i < 260; ++i) {
            const QString deed = damage(files, random);
            if (!deed.isEmpty()) {
                ++done;
                const auto manifest = session.folder.manifest(session.last->generation);
                const bool taken = manifest && restoreSnapshot(session.folder, *manifest, *target.session);
                QVERIFY2(!taken, qPrintable(deed));
                accepted += taken;
                QVERIFY(target.session->tokens() == before); // not a byte went in
            }
            for (const auto& [path, bytes] : files)
                QVERIFY(put(path, bytes));
        }
        std::string error;
        session.reopened(error);
        QCOMPARE(error, std::string()); // undamaged, it still is good
    }
    QVERIFY(done >= 1000);
    QCOMPARE(accepted, 0);
}

void TestSnapshotDamage::strangeFilesAreRefused()
{
    SnapshotCase session(m_fixture->model(), "longgen:window=128");
    QVERIFY(session.open.session->read(randomTokens(300, 50, 3), {}, {}));
    QCOMPARE(session.save(), std::string());
    const QString path = QString::fromStdString(session.folder.manifestPath(1));
    const QByteArray bytes = filesOf(session.place.path())[path];
    const auto refused = [&] {
        const auto manifest = session.folder.manifest(1);
        return !manifest || !session.folder.verify(*manifest);
    };
    QVERIFY(QFile::remove(path));
    QCOMPARE(session.folder.manifest(1).error().code, ErrorCode::NotFound);
    // A link to the right content: the folder is ours alone, nothing in it is a link.
    QVERIFY(put(session.place.filePath("elsewhere"), bytes));
    QVERIFY(QFile::link(session.place.filePath("elsewhere"), path));
    QVERIFY(refused());
    QVERIFY(QFile::remove(path));
    QVERIFY(QDir().mkdir(path));
    QVERIFY(refused());
    QVERIFY(QDir().rmdir(path));
    QVERIFY(put(path, {}));
    QVERIFY(refused());
    // The manifest of one generation under the name of another.
    QVERIFY(put(QString::fromStdString(session.folder.manifestPath(2)), bytes));
    QVERIFY(!session.folder.manifest(2));
    QVERIFY(put(path, bytes));
    QVERIFY(!refused());
    QVERIFY(QFile::remove(QString::fromStdString(session.folder.segmentPath(1))));
    QVERIFY(refused());
}

// Writes that end after so many bytes of a file, as on a full disk, in the segment and in the manifest.
void TestSnapshotDamage::aFullDiskLeavesTheOldOneWhole()
{
    SnapshotCase session(m_fixture->model(), "longgen:window=128");
    std::vector<TokenId> text = randomTokens(1200, 50, 3);
    QVERIFY(session.open.session->read(text, {}, {}));
    QCOMPARE(session.save(), std::string());
    const SnapshotManifest first = *session.last;
    text.push_back(1);
    QVERIFY(session.open.session->read(text, {}, {}));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before = {};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    int refused = 0;
    for (rlim_t bytes = 10; bytes < 30000; bytes += bytes / 3) {
        rlimit tight = before;
        tight.rlim_cur = bytes;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &tight), 0);
        const auto image = session.open.session->image(1200);
        const auto written = session.folder.write(2, first.identity, *image, &first, {});
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        if (written)
            continue;
        ++refused;
        QCOMPARE(written.error().code, ErrorCode::Disk);
        QCOMPARE(QDir(session.place.path()).entryList(QDir::Files).size(), 2);
        std::string error;
        const TestSession again = session.reopened(error);
        QCOMPARE(error, std::string());
        QCOMPARE(again.session->tokens().size(), std::size_t(1200));
    }
    QVERIFY(refused > 5);
    QCOMPARE(session.save(), std::string()); // with space again
}

QTEST_GUILESS_MAIN(TestSnapshotDamage)
#include "tst_snapshot_damage.moc"
