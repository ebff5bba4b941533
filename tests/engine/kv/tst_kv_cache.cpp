// The hybrid cache against a shadow that forgets nothing: whatever chunks, stops, rewinds and growth come,
// every key and value that a query sees is in the table and is the one last written there.
#include "engine/base/half.h"
#include "tests/engine/kv/kv_shadow.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr std::int64_t kChunk = KvShadow::kChunk, kLayers = KvShadow::kLayers;

// One thing that happens to a session, by chance.
std::string randomStep(KvShadow& text, std::mt19937& random)
{
    KvCache& cache = text.cache();
    const std::int64_t room = cache.context() - text.position();
    const std::int64_t count = std::min(room, drawn(random, 1, kChunk));
    switch (drawn(random, 0, 11)) {
    case 0:
        return room > 0 ? text.stoppedChunk(count, static_cast<int>(drawn(random, 0, kLayers))) : "";
    case 1:
        return room > 0 ? text.stoppedChunk(1, 1) : "";
    case 2: {
        const std::int64_t target = drawn(random, 0, 2)
                                        ? drawn(random, 0, text.position())
                                        : std::max<std::int64_t>(0, text.position() - drawn(random, 0, 70));
        if (cache.rewind(target))
            text.forgetFrom(target);
        return text.unsound();
    }
    case 3:
        return cache.grow(cache.context() + drawn(random, 0, 200)) ? text.unsound() : "grow() failed";
    case 4:
        if (drawn(random, 0, 3) == 0) {
            cache.clear();
            text.forgetFrom(0);
        }
        return text.unsound();
    default:
        break;
    }
    if (room == 0)
        return {};
    if (drawn(random, 0, 1))
        return text.chunk(count, random);
    for (std::int64_t i = std::min(room, drawn(random, 1, 20)); i > 0; --i)
        if (std::string wrong = text.chunk(1, random); !wrong.empty())
            return wrong;
    return {};
}

} // namespace

class TestKvCache : public QObject {
    Q_OBJECT

private slots:
    void randomLives();
    void rewindKeepsWhatAFullPlanHas();
    void rewindInsideTheWindow();
    void refusedRewindChangesNothing();
    void rewindToTheStartReadsAnew();
};

void TestKvCache::randomLives()
{
    for (unsigned seed = 0; seed < 120; ++seed) {
        std::mt19937 random(seed);
        KvShadow text(random, drawn(random, 1, 400));
        for (int step = 0; step < 40; ++step) {
            const std::string wrong = randomStep(text, random);
            QVERIFY2(wrong.empty(),
                     (std::to_string(seed) + "." + std::to_string(step) + ": " + wrong).c_str());
        }
    }
}

void TestKvCache::rewindKeepsWhatAFullPlanHas()
{
    const auto cache =
        KvCache::create(parsePlan("full", {2, 1, 1}, {}).value(), {1, 4}, KvType::F16, 500, 500).value();
    cache->beginChunk(500);
    cache->endChunk();
    for (const std::int64_t position : {500, 499, 256, 255, 1, 0}) {
        QVERIFY(cache->rewind(position));
        QCOMPARE(cache->position(), position);
    }
}

// At token 1000 a ring of 4 blocks still holds what a query at 960 sees, but not what one at 959 does. What a
// query at 64 sees is the sink.
void TestKvCache::rewindInsideTheWindow()
{
    const LayerPlan plan = parsePlan("longgen:full=,window=256", {1, 1, 1}, {}).value();
    for (const auto& [target, wanted] :
         {std::pair(999, true), {960, true}, {959, false}, {65, false}, {64, true}}) {
        const auto cache = KvCache::create(plan, {1, 4}, KvType::F16, 2000, 100).value();
        for (int i = 0; i < 10; ++i) {
            cache->beginChunk(100);
            cache->endChunk();
        }
        QCOMPARE(cache->rewind(target), wanted);
        QCOMPARE(cache->position(), std::int64_t(wanted ? target : 1000));
    }
}

void TestKvCache::refusedRewindChangesNothing()
{
    int refused = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        KvShadow text(random, 600);
        while (text.position() < 600)
            QCOMPARE(text.chunk(std::min(kChunk, 600 - text.position()), random), std::string());
        const std::int64_t target = drawn(random, 1, 599);
        if (text.cache().rewind(target)) {
            text.forgetFrom(target);
        } else {
            ++refused;
            QCOMPARE(text.cache().position(), std::int64_t(600));
        }
        QCOMPARE(text.unsound(), std::string());
    }
    QVERIFY(refused > 5 && refused < 60);
}

void TestKvCache::rewindToTheStartReadsAnew()
{
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        KvShadow text(random, 700);
        for (int pass = 0; pass < 3; ++pass) {
            while (text.position() < 700) {
                const std::int64_t count = std::min(drawn(random, 1, kChunk), 700 - text.position());
                const std::string wrong = text.chunk(count, random);
                QVERIFY2(wrong.empty(), wrong.c_str());
            }
            QVERIFY(text.cache().rewind(0));
            text.forgetFrom(0);
            QCOMPARE(text.unsound(), std::string());
        }
    }
}

QTEST_GUILESS_MAIN(TestKvCache)
#include "tst_kv_cache.moc"
