// A snapshot gives back the very numbers, says what it is good for, and writes only what is new.
#include "tests/engine/snapshot/snapshot_support.h"
#include "tests/support/attention_case.h"

#include <QDir>
#include <QtTest>

using namespace lectern;
using namespace lectern::test;

class TestSnapshot : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void aRestoredSessionGoesOnWithTheSameBits_data() { plans(); }
    void aRestoredSessionGoesOnWithTheSameBits();
    void anyHistorySurvivesRestarts_data() { plans(); }
    void anyHistorySurvivesRestarts();
    void onlyNewPagesAreWritten_data() { plans(); }
    void onlyNewPagesAreWritten();
    void goingBackWhileWritingIsNoticed();
    void itSaysWhatItIsGoodFor();

private:
    static void plans()
    {
        QTest::addColumn<QString>("plan");
        for (const char* plan : kSnapshotPlans)
            QTest::newRow(plan) << plan;
    }
    std::unique_ptr<ModelFixture> m_fixture;
    std::vector<TokenId> tokens(int count, unsigned seed) { return randomTokens(count, 50, seed); }
};

void TestSnapshot::initTestCase()
{
    m_fixture = std::make_unique<ModelFixture>(sessionShape(1));
    QVERIFY2(m_fixture->error().empty(), m_fixture->error().c_str());
}

void TestSnapshot::aRestoredSessionGoesOnWithTheSameBits()
{
    QFETCH(QString, plan);
    SnapshotCase session(m_fixture->model(), plan.toStdString());
    std::vector<TokenId> text = tokens(500, 2);
    const std::vector<CheckpointMark> marks{{333, CheckpointKind::Document}};
    QVERIFY(session.open.session->read(text, {}, {}, marks));
    for (const TokenId token : tokens(21, 3))
        QVERIFY(session.open.session->append(token, {}));
    QCOMPARE(session.save(), std::string());
    std::string error;
    const TestSession again = session.reopened(error);
    QCOMPARE(error, std::string());
    QVERIFY(again.session->tokens() == session.open.session->tokens());
    // A follow-up, an edited last turn, and another question on the same document.
    text = session.open.session->tokens();
    for (const std::size_t kept : {std::size_t{521}, std::size_t{510}, std::size_t{333}}) {
        text.resize(kept);
        for (const TokenId token : tokens(80, unsigned(kept)))
            text.push_back(token);
        const auto reused = session.open.session->read(text, {}, {}, marks);
        QVERIFY(reused);
        QCOMPARE(again.session->read(text, {}, {}, marks).value(), *reused);
        // The end of the text and the document's are always to be had, what lies between where memory allows.
        QVERIFY(*reused <= std::int64_t(kept) && *reused >= (kept == 521 ? 521 : 333));
        QVERIFY(std::ranges::equal(again.session->logits(), session.open.session->logits()));
    }
}

// Random reading, going on, going back and restarting: always the logits of a session that has only read the
// text.
void TestSnapshot::anyHistorySurvivesRestarts()
{
    QFETCH(QString, plan);
    SnapshotCase session(m_fixture->model(), plan.toStdString());
    std::mt19937 random(11);
    for (unsigned step = 0; step < 25; ++step) {
        std::vector<TokenId> text = session.open.session->tokens();
        if (drawn(random, 0, 2) == 0 && !text.empty() && text.size() < 1300)
            for (const TokenId token : tokens(int(drawn(random, 1, 90)), 100 + step)) {
                QVERIFY(session.open.session->append(token, {}));
                text.push_back(token);
            }
        else {
            text.resize(
                std::size_t(drawn(random, std::int64_t(text.size()) * 3 / 4, std::int64_t(text.size()))));
            const auto more =
                tokens(int(drawn(random, 1, std::min<std::int64_t>(200, 1400 - std::int64_t(text.size())))),
                       200 + step);
            text.insert(text.end(), more.begin(), more.end());
            const std::vector<CheckpointMark> marks{
                {std::int64_t(text.size() / 2), CheckpointKind::Document}};
            QVERIFY(session.open.session->read(text, {}, {}, marks));
        }
        const std::vector<float> wanted = freshLogits(session.model, snapshotSettings(session.plan), text);
        QVERIFY(logitsError(session.open.session->logits(), wanted) <= 1e-3);
        if (drawn(random, 0, 1)) {
            QCOMPARE(session.save(), std::string());
            std::string error;
            session.open = session.reopened(error);
            QCOMPARE(error, std::string());
            QVERIFY(session.open.session->tokens() == text);
        }
    }
}

void TestSnapshot::onlyNewPagesAreWritten()
{
    QFETCH(QString, plan);
    SnapshotCase session(m_fixture->model(), plan.toStdString());
    QVERIFY(session.open.session->read(tokens(1000, 4), {}, {}));
    QCOMPARE(session.save(), std::string());
    const std::uint64_t first = session.last->segmentBytes();
    std::uint64_t before = first;
    // 40 tokens lie in two pages of each head at most.
    const DecoderSpec& spec = session.model->spec();
    const std::uint64_t most =
        2u * unsigned(spec.layers * spec.kvHeads * spec.headDim) * 4 * kPageTokens + 100;
    QVERIFY(most < first);
    for (int turn = 0; turn < 5; ++turn) {
        for (const TokenId token : tokens(40, 5))
            QVERIFY(session.open.session->append(token, {}));
        QCOMPARE(session.save(), std::string());
        QVERIFY(session.last->segmentBytes() - before <= most);
        before = session.last->segmentBytes();
        QDir folder(session.place.path());
        QCOMPARE(folder.entryList({"*.tmp"}).size(), 0);
        QCOMPARE(folder.entryList({"manifest-*"}).size(), 1);
        QCOMPARE(folder.entryList({"segment-*"}).size(), int(session.last->segments.size()));
    }
    // In the long run what is out of use is left behind.
    for (int save = 0; save < 70; ++save)
        QCOMPARE(session.save(), std::string());
    QVERIFY(session.last->segments.size() <= 64);
    std::string error;
    const TestSession again = session.reopened(error);
    QCOMPARE(error, std::string());
    QVERIFY(again.session->tokens() == session.open.session->tokens());
}

void TestSnapshot::goingBackWhileWritingIsNoticed()
{
    SnapshotCase session(m_fixture->model(), "longgen:window=128");
    const std::vector<TokenId> text = tokens(600, 6);
    QVERIFY(session.open.session->read(text, {}, {}));
    const auto image = session.open.session->image(0);
    QVERIFY(image);
    // Only what is read on: the pages before are as they were.
    QVERIFY(session.open.session->append(1, {}));
    const SnapshotIdentity identity = identityOf(*session.open.session, *session.model);
    QVERIFY(session.folder.write(1, identity, *image, nullptr, {}));
    // Back to half: they are not.
    QVERIFY(session.open.session->read({text.data(), 300}, {}, {}));
    const auto written = session.folder.write(2, identity, *image, nullptr, {});
    QVERIFY(!written);
    QCOMPARE(written.error().code, ErrorCode::Cancelled);
    const auto manifest = session.folder.manifest(1);
    QVERIFY(manifest && session.folder.verify(*manifest));
    QCOMPARE(QDir(session.place.path()).entryList({"*.tmp"}).size(), 0);
}

void TestSnapshot::itSaysWhatItIsGoodFor()
{
    SnapshotCase session(m_fixture->model(), "longgen:window=128");
    EngineSession& live = *session.open.session;
    std::vector<TokenId> text = tokens(600, 7);
    QVERIFY(live.read(text, {}, {}, std::vector<CheckpointMark>{{400, CheckpointKind::Document}}));
    QCOMPARE(session.save(), std::string());
    const SnapshotManifest& manifest = *session.last;
    const SnapshotIdentity identity = manifest.identity;
    std::vector<TokenId> longer = text;
    longer.push_back(1);
    QCOMPARE(reusableTokens(manifest, identity, live.plan(), longer), std::int64_t(600));
    // What is not all the same is good for nothing.
    for (std::string SnapshotIdentity::*part :
         {&SnapshotIdentity::model, &SnapshotIdentity::tokenizer, &SnapshotIdentity::plan,
          &SnapshotIdentity::positions, &SnapshotIdentity::kvType}) {
        SnapshotIdentity other = identity;
        other.*part += "x";
        QCOMPARE(reusableTokens(manifest, other, live.plan(), longer), std::int64_t(0));
    }
    // Other tokens: back to the checkpoint before they differ, or nothing.
    longer[450] ^= 1;
    QCOMPARE(reusableTokens(manifest, identity, live.plan(), longer), std::int64_t(400));
    longer[399] ^= 1; // a token before it, which the copies there still cover
    QCOMPARE(reusableTokens(manifest, identity, live.plan(), longer), std::int64_t(399));
    longer[310] ^= 1;
    QCOMPARE(reusableTokens(manifest, identity, live.plan(), longer), std::int64_t(0));
    // Plans and positions tell themselves apart.
    const auto plan = [&](const char* name) { return planIdentity(m_fixture->plan(name)); };
    QVERIFY(plan("full") != plan("longgen") && plan("longgen:window=128") != plan("longgen:window=192"));
    QCOMPARE(plan("longgen"), plan("longgen"));
    DecoderSpec spec = session.model->spec();
    const std::string positions = positionsIdentity("model", spec, 100);
    QCOMPARE(positionsIdentity("model", spec, 9000), positions); // angles that do not depend on the context
    spec.rope.base *= 2;
    QVERIFY(positionsIdentity("model", spec, 100) != positions);
}

QTEST_GUILESS_MAIN(TestSnapshot)
#include "tst_snapshot.moc"
