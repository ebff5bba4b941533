// A writer killed at any moment leaves the snapshot noted last whole. The writer is this program itself,
// started with
// "--write FOLDER": it reads on and writes generation after generation, noting each in a file, as the store's
// row does.
#include "engine/format/atomic_file_writer.h"
#include "tests/engine/snapshot/snapshot_support.h"
#include "tests/support/attention_case.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QtTest>

#include <csignal>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr int kRounds = 12;

Status note(const QString& folder, std::uint64_t generation)
{
    auto file = AtomicFileWriter::create((folder + "/noted").toStdString());
    if (!file)
        return failed(file);
    const std::string text = std::to_string(generation);
    if (auto written = file->write(std::as_bytes(std::span(text))); !written)
        return written;
    return file->commit();
}

std::uint64_t noted(const QString& folder)
{
    QFile file(folder + "/noted");
    return file.open(QIODevice::ReadOnly) ? file.readAll().toULongLong() : 0;
}

// Goes on where the snapshot ends, for ever. Only returns when something is wrong.
int writeForEver(const QString& place)
{
    const ModelFixture fixture(sessionShape(1));
    const TestSession open = openSession(fixture.model(), snapshotSettings("longgen:window=128", 40000));
    const SnapshotFolder folder((place + "/kv").toStdString());
    QDir().mkpath(place + "/kv");
    std::uint64_t generation = noted(place);
    std::optional<SnapshotManifest> last;
    if (generation > 0) {
        auto manifest = folder.manifest(generation);
        if (!manifest || !restoreSnapshot(folder, *manifest, *open.session))
            return 2;
        last = std::move(*manifest);
    }
    for (unsigned step = 0;; ++step) {
        std::vector<TokenId> text = open.session->tokens();
        // Now and then back to the beginning, so that everything is written again.
        text.resize(step % 7 == 6 || text.size() > 30000 ? 64 : text.size());
        const auto more = randomTokens(step % 7 == 0 ? 3000 : 100, 50, unsigned(generation));
        text.insert(text.end(), more.begin(), more.end());
        if (!open.session->read(text, {}, {}))
            return 3;
        const auto image = open.session->image(0);
        const auto written = folder.write(++generation, identityOf(*open.session, *fixture.model()), *image,
                                          last ? &*last : nullptr, {});
        if (!written || !note(place, generation))
            return 4;
        last = *written;
        folder.removeOthers(*last);
    }
}

} // namespace

class TestSnapshotKill : public QObject {
    Q_OBJECT

private slots:
    void whatWasNotedStaysUsable();
};

void TestSnapshotKill::whatWasNotedStaysUsable()
{
    QTemporaryDir place;
    std::mt19937 random(3);
    int between = 0; // kills that left something unfinished or not yet noted behind
    std::uint64_t before = 0;
    for (int round = 0; round < kRounds; ++round) {
        QProcess writer;
        writer.start(QCoreApplication::applicationFilePath(), {"--write", place.path()});
        QVERIFY(writer.waitForStarted());
        const int patience = 20000 / 20;
        for (int wait = 0; wait < patience && noted(place.path()) == before; ++wait)
            QTest::qWait(20);
        QTest::qWait(int(drawn(random, 0, 150)));
        QCOMPARE(writer.state(), QProcess::Running);
        ::kill(pid_t(writer.processId()), SIGKILL);
        QVERIFY(writer.waitForFinished());
        const std::uint64_t generation = noted(place.path());
        QVERIFY(generation > before);
        before = generation;
        const SnapshotFolder folder((place.path() + "/kv").toStdString());
        const auto manifest = folder.manifest(generation);
        QVERIFY2(manifest, manifest ? "" : manifest.error().message.c_str());
        const Status whole = folder.verify(*manifest);
        QVERIFY2(whole, whole ? "" : whole.error().message.c_str());
        const QDir files(place.path() + "/kv");
        between += files.entryList({"*.tmp"}).size() > 0 || files.entryList({"manifest-*"}).size() > 1 ||
                   files.entryList({"segment-*"}).size() > int(manifest->segments.size());
    }
    QVERIFY2(between > 0, "no kill hit the writing");
    qInfo("%d of %d kills hit a write under way", between, kRounds);
}

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    if (argc == 3 && std::string(argv[1]) == "--write")
        return writeForEver(QString::fromLocal8Bit(argv[2]));
    TestSnapshotKill test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_snapshot_kill.moc"
