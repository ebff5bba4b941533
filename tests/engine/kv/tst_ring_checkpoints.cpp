// Going back with copies of the rings, against a shadow that forgets nothing: after any reading, checkpoints
// and going back, for random patterns of every head, what a query sees is what was last written there.
#include "engine/kv/ring_checkpoints.h"
#include "tests/engine/kv/kv_shadow.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

// The last mark at or before a position.
std::int64_t markBefore(const RingCheckpoints& checkpoints, std::int64_t position)
{
    std::int64_t last = 0;
    for (const CheckpointMark& mark : checkpoints.marks())
        if (mark.position <= position)
            last = mark.position;
    return last;
}

} // namespace

class TestRingCheckpoints : public QObject {
    Q_OBJECT

private slots:
    void randomLivesGoBackExactly();
    void neighboursShareTheirPages();
    void theBudgetHoldsAndDocumentsStayLongest();
};

void TestRingCheckpoints::randomLivesGoBackExactly()
{
    int beyondTheRing = 0;
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::mt19937 random(seed);
        KvShadow text(random, drawn(random, 300, 1200));
        KvCache& cache = text.cache();
        RingCheckpoints checkpoints;
        for (int step = 0; step < 60; ++step) {
            const std::int64_t room = cache.context() - text.position();
            std::string wrong;
            switch (drawn(random, 0, 5)) {
            case 0:
                QVERIFY(checkpoints.take(cache, CheckpointKind::Turn));
                break;
            case 1: {
                const std::int64_t wanted = drawn(random, 0, text.position());
                const std::int64_t target = checkpoints.rewindTarget(cache, wanted);
                QVERIFY(target <= wanted && target >= markBefore(checkpoints, wanted));
                beyondTheRing += !cache.canRewind(target);
                checkpoints.rewind(cache, target);
                QCOMPARE(cache.position(), target);
                text.forgetFrom(target);
                wrong = text.unsound();
                break;
            }
            case 2:
                for (std::int64_t i = std::min(room, drawn(random, 1, 20)); i > 0 && wrong.empty(); --i)
                    wrong = text.chunk(1, random);
                break;
            default:
                if (room > 0)
                    wrong = text.chunk(std::min(room, drawn(random, 1, KvShadow::kChunk)), random);
            }
            QVERIFY2(wrong.empty(),
                     (std::to_string(seed) + "." + std::to_string(step) + ": " + wrong).c_str());
        }
    }
    QVERIFY2(beyondTheRing > 200, qPrintable(QString::number(beyondTheRing)));
}

void TestRingCheckpoints::neighboursShareTheirPages()
{
    const LayerPlan plan = parsePlan("longgen:full=,window=256", {2, 3, 3}, {}).value();
    const auto cache = KvCache::create(plan, {3, 8}, KvType::F16, 4000, 512).value();
    const std::uint64_t column = 2u * 3u * cache->pageBytes({0, 0});
    RingCheckpoints checkpoints;
    const auto read = [&](int tokens) {
        cache->beginChunk(tokens);
        cache->endChunk();
    };
    read(512);
    read(512);
    QVERIFY(checkpoints.take(*cache, CheckpointKind::Document));
    QCOMPARE(checkpoints.bytes(), 3 * column); // pages 13, 14 and 15
    QVERIFY(checkpoints.take(*cache, CheckpointKind::Turn));
    QCOMPARE(checkpoints.bytes(), 3 * column);
    QCOMPARE(checkpoints.marks().size(), std::size_t(1));
    read(40);
    QVERIFY(checkpoints.take(*cache, CheckpointKind::Turn));
    QCOMPARE(checkpoints.bytes(), 4 * column); // and the one begun
    read(10);
    QVERIFY(checkpoints.take(*cache, CheckpointKind::Turn));
    QCOMPARE(checkpoints.bytes(), 4 * column); // the later copy of it serves both
    read(512);
    // Any token between two neighbours can be gone back to, and nothing before them.
    for (const std::int64_t wanted : {1024, 1050, 1064, 1074})
        QCOMPARE(checkpoints.rewindTarget(*cache, wanted), wanted);
    QCOMPARE(checkpoints.rewindTarget(*cache, 1200), std::int64_t(1074));
    QCOMPARE(checkpoints.rewindTarget(*cache, 900), std::int64_t(0));
}

void TestRingCheckpoints::theBudgetHoldsAndDocumentsStayLongest()
{
    const LayerPlan plan = parsePlan("longgen:full=,window=256", {2, 3, 3}, {}).value();
    const auto cache = KvCache::create(plan, {3, 8}, KvType::F16, 20000, 512).value();
    const std::uint64_t one = 3u * 2u * 3u * cache->pageBytes({0, 0});
    RingCheckpoints checkpoints;
    checkpoints.setBudget(4 * one);
    for (int i = 1; i <= 30; ++i) {
        cache->beginChunk(512);
        cache->endChunk();
        QVERIFY(checkpoints.take(*cache, i == 3 ? CheckpointKind::Document : CheckpointKind::Periodic));
        QVERIFY(checkpoints.bytes() <= 4 * one);
        QCOMPARE(checkpoints.marks().back().position, cache->position());
        QCOMPARE(checkpoints.rewindTarget(*cache, cache->position()), cache->position());
    }
    QVERIFY(checkpoints.marks().size() == 4);
    QCOMPARE(checkpoints.rewindTarget(*cache, 2000), std::int64_t(3 * 512));
    checkpoints.setBudget(0); // one stays all the same
    QVERIFY(checkpoints.take(*cache, CheckpointKind::Turn));
    QCOMPARE(checkpoints.marks().size(), std::size_t(1));
}

QTEST_APPLESS_MAIN(TestRingCheckpoints)
#include "tst_ring_checkpoints.moc"
