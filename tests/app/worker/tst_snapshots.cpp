// Sessions that go on after a restart: what is reused, what is refused, what it may cost on disk.
#include "resources/sample/annals_generator.h"
#include "tests/app/worker/bench_fixture.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTest>

using namespace lectern;
using namespace lectern::test;

class TestSnapshots : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_annals = generateAnnals(); }
    void init();
    void aReopenedSessionReadsOnlyTheQuestion_data();
    void aReopenedSessionReadsOnlyTheQuestion();
    void anEditedTurnGoesBackAfterARestart();
    void aBranchUsesItsOriginsSnapshot();
    void anotherPlanOrKvTypeReadsAgain();
    void damageIsReadAgainQuietly();
    void theBudgetHolds();
    void leftOversAreSwept();
    void withoutAPlaceTheSessionGoesOn();

private:
    // As after a restart: nothing in memory.
    void restart(const std::string& plan, const std::string& cache, const std::string& kvType = "f16",
                 std::int64_t budget = -1);
    AnswerReply ask(SessionId session, const std::string& question, std::optional<MessageId> instead = {});
    std::string cache() const { return m_fixture->folder.filePath("cache").toStdString(); }
    QStringList files(const QString& pattern) const;
    SessionId newSession(std::size_t bytes = 6000, std::size_t from = 0)
    {
        return m_fixture->sessionOn(m_annals.text.substr(from, bytes), "doc" + std::to_string(from) + ".txt");
    }

    Annals m_annals;
    std::unique_ptr<BenchFixture> m_fixture;
};

void TestSnapshots::init()
{
    m_fixture = std::make_unique<BenchFixture>();
}

void TestSnapshots::restart(const std::string& plan, const std::string& cacheFolder,
                            const std::string& kvType, std::int64_t budget)
{
    m_fixture->bench.reset();
    m_fixture->bench = std::make_unique<Workbench>(m_fixture->store, cacheFolder);
    EngineSettings settings;
    settings.plan = plan;
    settings.kvType = kvType;
    settings.kvBudget = budget;
    const auto opened = m_fixture->bench->openModel(bundled("lectern-recall.gguf"), settings);
    if (!opened)
        qFatal("%s", opened.error().message.c_str());
}

AnswerReply TestSnapshots::ask(SessionId session, const std::string& question,
                               std::optional<MessageId> instead)
{
    AskRequest request{session, question, {}, instead};
    request.generation.maxTokens = 24;
    auto reply = m_fixture->bench->ask(request, {}, {});
    if (!reply)
        qFatal("%s", reply.error().message.c_str());
    m_fixture->bench->waitForSnapshots({});
    return std::move(*reply);
}

QStringList TestSnapshots::files(const QString& pattern) const
{
    QStringList found;
    for (QDirIterator it(QString::fromStdString(cache()), {pattern}, QDir::Files,
                         QDirIterator::Subdirectories);
         it.hasNext();)
        found += it.next();
    return found;
}

void TestSnapshots::aReopenedSessionReadsOnlyTheQuestion_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<QString>("kvType");
    QTest::newRow("full") << "full"
                          << "f16";
    QTest::newRow("longgen") << "longgen:window=256"
                             << "f16";
    QTest::newRow("longgen in 8 bits") << "longgen:window=256"
                                       << "q8_0";
    QTest::newRow("strided") << "longgen-block:local=2,stride=4"
                             << "f16";
}

void TestSnapshots::aReopenedSessionReadsOnlyTheQuestion()
{
    QFETCH(QString, plan);
    QFETCH(QString, kvType);
    restart(plan.toStdString(), cache(), kvType.toStdString());
    const SessionId session = newSession();
    const std::string question = m_annals.facts[1].start;
    const AnswerReply first = ask(session, m_annals.facts[0].start);
    QVERIFY(first.timing.promptTokens > 1000);
    QVERIFY(m_fixture->bench->kvUsage().diskBytes > 0);

    restart(plan.toStdString(), cache(), kvType.toStdString());
    const AnswerReply warm = ask(session, question);
    QVERIFY(warm.timing.promptTokens - warm.timing.reusedTokens < 100);
    QVERIFY(warm.timing.reusedTokens >= first.timing.promptTokens);

    restart(plan.toStdString(), {}, kvType.toStdString()); // without snapshots
    const AnswerReply cold = ask(session, question, MessageId(warm.questionId));
    QCOMPARE(cold.timing.reusedTokens, std::int64_t(0));
    QCOMPARE(cold.timing.promptTokens, warm.timing.promptTokens);
    QCOMPARE(warm.answer, cold.answer);
    QVERIFY(files("*.tmp").isEmpty());
}

void TestSnapshots::anEditedTurnGoesBackAfterARestart()
{
    const std::string plan = "longgen:window=256";
    restart(plan, cache());
    const SessionId session = newSession();
    const AnswerReply first = ask(session, m_annals.facts[0].start);
    for (int turn = 1; turn < 4; ++turn)
        ask(session, m_annals.facts[std::size_t(turn)].start);
    restart(plan, cache());
    const AnswerReply edited = ask(session, m_annals.facts[5].start, MessageId(first.questionId));
    // Back to the end of the document.
    QVERIFY(edited.timing.promptTokens - edited.timing.reusedTokens < 100);
    restart(plan, {});
    const AnswerReply cold = ask(session, m_annals.facts[5].start, MessageId(edited.questionId));
    QCOMPARE(cold.answer, edited.answer);
}

void TestSnapshots::aBranchUsesItsOriginsSnapshot()
{
    restart("longgen:window=256", cache());
    const SessionId session = newSession();
    const AnswerReply first = ask(session, m_annals.facts[0].start);
    ask(session, m_annals.facts[1].start);
    const auto branch = m_fixture->store->run([&](SessionStore& store) {
        return store.duplicateSession(session, "branch", MessageId(first.answerId));
    });
    QVERIFY(branch);
    restart("longgen:window=256", cache());
    const AnswerReply other = ask(*branch, m_annals.facts[2].start);
    QVERIFY(other.timing.promptTokens - other.timing.reusedTokens < 100);
    // From now on it has its own.
    restart("longgen:window=256", cache());
    const AnswerReply again = ask(*branch, m_annals.facts[3].start);
    QVERIFY(again.timing.reusedTokens >= other.timing.promptTokens);
    const auto rows = m_fixture->store->run([](SessionStore& store) { return store.snapshots(); });
    QCOMPARE(rows->size(), std::size_t(2));
}

void TestSnapshots::anotherPlanOrKvTypeReadsAgain()
{
    restart("longgen:window=256", cache());
    const SessionId session = newSession();
    AnswerReply reply = ask(session, m_annals.facts[0].start);
    for (const auto& [plan, kvType] : {std::pair("full", "f16"), std::pair("longgen:window=320", "f16"),
                                       std::pair("longgen:window=320", "q8_0")}) {
        restart(plan, cache(), kvType);
        reply = ask(session, m_annals.facts[0].start, MessageId(reply.questionId));
        QCOMPARE(reply.timing.reusedTokens, std::int64_t(0));
    }
}

void TestSnapshots::damageIsReadAgainQuietly()
{
    restart("full", cache());
    const SessionId session = newSession();
    AnswerReply reply = ask(session, m_annals.facts[0].start);
    const std::string answer = reply.answer;
    for (const char* pattern : {"segment-*", "manifest-*"}) {
        const QStringList found = files(pattern);
        QVERIFY(!found.isEmpty());
        QFile file(found.front());
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(file.size() / 2));
        const QByteArray there = file.peek(1);
        QVERIFY(file.write(QByteArray(1, char(~there[0]))) == 1);
        file.close();
        restart("full", cache());
        reply = ask(session, m_annals.facts[0].start, MessageId(reply.questionId));
        QCOMPARE(reply.timing.reusedTokens, std::int64_t(0));
        QCOMPARE(reply.answer, answer);
        // And a new one is there.
        restart("full", cache());
        reply = ask(session, m_annals.facts[0].start, MessageId(reply.questionId));
        QVERIFY(reply.timing.reusedTokens > 1000);
    }
}

void TestSnapshots::theBudgetHolds()
{
    restart("full", cache());
    const std::uint64_t one = [&] {
        ask(newSession(), m_annals.facts[0].start);
        return m_fixture->bench->kvUsage().diskBytes;
    }();
    const auto budget = std::int64_t(one * 3);
    const auto onDisk = [&] {
        std::int64_t bytes = 0;
        for (const QString& path : files("*"))
            bytes += QFileInfo(path).size();
        return bytes;
    };
    restart("full", cache(), "f16", budget);
    std::vector<SessionId> sessions;
    for (std::size_t i = 1; i <= 6; ++i) {
        sessions.push_back(newSession(6000, 7000 * i));
        ask(sessions.back(), m_annals.facts[0].start);
        QVERIFY2(onDisk() <= budget, qPrintable(QString::number(onDisk())));
    }
    // The last are there, the first are not.
    const auto rows = m_fixture->store->run([](SessionStore& store) { return store.snapshots(); });
    QVERIFY(rows && rows->size() >= 2 && rows->size() < sessions.size());
    QVERIFY(rows->front().session == sessions.back());
    QVERIFY(std::none_of(rows->begin(), rows->end(),
                         [&](const SnapshotRow& r) { return r.session == sessions[0]; }));
    // A smaller budget takes effect at once; none at all deletes everything.
    restart("full", cache(), "f16", 0);
    m_fixture->bench->waitForSnapshots({});
    QCOMPARE(onDisk(), std::int64_t(0));
    ask(sessions[0], m_annals.facts[0].start);
    QCOMPARE(onDisk(), std::int64_t(0));
}

void TestSnapshots::leftOversAreSwept()
{
    restart("full", cache());
    const SessionId kept = newSession(), deleted = newSession(6000, 9000);
    ask(kept, m_annals.facts[0].start);
    ask(deleted, m_annals.facts[0].start);
    QVERIFY(
        m_fixture->store->run([&](SessionStore& store) { return store.deleteForever(deleted); }).has_value());
    const QStringList manifests = files("manifest-*");
    QCOMPARE(manifests.size(), 2);
    for (const QString& manifest : manifests) {
        QFile half(QFileInfo(manifest).path() + "/segment-9.kv.tmp");
        QVERIFY(half.open(QIODevice::WriteOnly) && half.write("half") == 4);
    }
    restart("full", cache());
    m_fixture->bench->waitForSnapshots({});
    QVERIFY(files("*.tmp").isEmpty());
    QCOMPARE(files("manifest-*").size(), 1); // nothing of the deleted session stays
    QVERIFY(ask(kept, m_annals.facts[1].start).timing.reusedTokens > 1000);
}

void TestSnapshots::withoutAPlaceTheSessionGoesOn()
{
    QFile notAFolder(m_fixture->folder.filePath("file"));
    QVERIFY(notAFolder.open(QIODevice::WriteOnly));
    restart("full", notAFolder.fileName().toStdString());
    const SessionId session = newSession();
    ask(session, m_annals.facts[0].start);
    const AnswerReply next = ask(session, m_annals.facts[1].start);
    QVERIFY(next.timing.reusedTokens > 1000);
    QCOMPARE(next.kv.diskBytes, std::uint64_t(0));
    QVERIFY(m_fixture->store->run([](SessionStore& store) { return store.snapshots(); })->empty());
}

QTEST_GUILESS_MAIN(TestSnapshots)
#include "tst_snapshots.moc"
