// The cache's byte count is what it asked the system for, no more and no less: counted at the system call.
#include "engine/kv/kv_cache.h"
#include "tests/support/mapped_bytes.h"
#include "tests/support/mask_cases.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

class TestKvAccounting : public QObject {
    Q_OBJECT

private slots:
    void reportedIsAllocated_data();
    void reportedIsAllocated();
    void randomMixesAreCounted();
    void readingAllocatesNothing();
    void tooLargeIsAnError();
};

void TestKvAccounting::reportedIsAllocated_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<QString>("types");
    for (const char* plan : {"full", "longgen", "longgen:full=1", "longgen-block:local=2,stride=4",
                             "longgen-block:full=,local=2,stride=4,offset=1", "window:sink=4,window=200"})
        for (const char* types : {"f16", "q8_0", "f32", "full=q4_0,window=f16", "window=q8_0"})
            QTest::addRow("%s, %s", plan, types) << plan << types;
}

void TestKvAccounting::reportedIsAllocated()
{
    QFETCH(QString, plan);
    QFETCH(QString, types);
    const KvTypes kvTypes = kvTypesByName(types.toStdString()).value();
    const KvShape shape{2, 16};
    const LayerPlan layers = parsePlan(plan.toStdString(), {6, 2, 4}, {}).value();
    const std::int64_t before = mappedBytes();
    auto cache = KvCache::create(layers, shape, kvTypes, 3000, 200).value();
    const KvLayouts layouts(kvTypes, shape.headDim);
    for (const std::int64_t context : {3000, 3001, 5000, 9999}) {
        QVERIFY(cache->grow(context));
        const KvUsage usage = cache->usage();
        QCOMPARE(std::int64_t(usage.bytes + cache->scratchBytes()), mappedBytes() - before);
        QCOMPARE(usage.bytes, planKvBytes(layers, layouts, context));
        QCOMPARE(usage.fullAttentionBytes, fullAttentionKvBytes(6, shape, layouts.full, context));
        std::uint64_t sum = 0;
        for (const KvLayerUsage& layer : usage.layers) {
            QCOMPARE(layer.totalBytes(), layerKvBytes(layers.layers[size_t(layer.layer)], layouts, context));
            QCOMPARE(layer.kind, layers.layerKind(layer.layer));
            sum += layer.totalBytes();
        }
        QCOMPARE(sum, usage.bytes);
    }
    cache.reset();
    QCOMPARE(mappedBytes(), before);
}

void TestKvAccounting::randomMixesAreCounted()
{
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        LayerPlan plan;
        for (int layer = 0; layer < 3; ++layer) {
            plan.layers.emplace_back();
            for (int head = 0; head < 3; ++head)
                plan.layers.back().push_back(randomCase(random).pattern);
        }
        KvTypes types;
        types.full = allKvTypes()[std::size_t(drawn(random, 0, 3))];
        types.sparse = allKvTypes()[std::size_t(drawn(random, 0, 3))];
        const std::int64_t before = mappedBytes();
        const std::int64_t context = drawn(random, 1, 3000);
        const auto cache = KvCache::create(plan, {3, 8}, types, context, 64).value();
        QVERIFY(cache->grow(context + drawn(random, 1, 3000)));
        QCOMPARE(std::int64_t(cache->usage().bytes + cache->scratchBytes()), mappedBytes() - before);
        QCOMPARE(cache->usage().bytes, planKvBytes(plan, cache->layouts(), cache->context()));
    }
}

void TestKvAccounting::readingAllocatesNothing()
{
    const LayerPlan plan = parsePlan("longgen:window=256", {4, 2, 2}, {}).value();
    const auto cache = KvCache::create(plan, {2, 8}, KvType::F16, 4000, 500).value();
    const std::int64_t before = mappedBytes();
    const std::vector<float> row(8, 1.0f);
    for (const int count : {500, 1, 1, 300, 500, 7, 500, 500, 1, 400}) {
        cache->beginChunk(count);
        for (int layer = 0; layer < 4; ++layer)
            for (int head = 0; head < 2; ++head)
                for (int i = 0; i < count; ++i)
                    cache->write(layer, head, i, row.data(), row.data());
        cache->endChunk();
        QCOMPARE(mappedBytes(), before);
        // What is in use is what pages hold something.
        for (const KvLayerUsage& layer : cache->usage().layers)
            QVERIFY(layer.usedBytes > 0 && layer.usedBytes <= layer.totalBytes());
    }
    const KvUsage usage = cache->usage();
    QCOMPARE(usage.position, std::int64_t(2710));
    QCOMPARE(usage.layers[1].tokens, std::int64_t(2710));
    QCOMPARE(usage.layers[1].usedBytes, std::uint64_t(43 * 2) * cache->layouts().full.pageBytes());
    QCOMPARE(usage.layers[0].windowBegin, std::int64_t((2710 / 64 - 3) * 64));
    QCOMPARE(usage.layers[0].usedBytes, std::uint64_t(5 * 2) * cache->layouts().full.pageBytes());
}

void TestKvAccounting::tooLargeIsAnError()
{
    const LayerPlan plan = parsePlan("full", {32, 32, 32}, {}).value();
    const std::int64_t before = mappedBytes();
    const auto cache = KvCache::create(plan, {32, 128}, KvType::F16, std::int64_t{1} << 26, 512);
    QVERIFY(!cache);
    QCOMPARE(cache.error().code, ErrorCode::OutOfMemory);
    QVERIFY(cache.error().bytesAsked > cache.error().bytesFree && cache.error().bytesFree > 0);
    QCOMPARE(mappedBytes(), before);
    // A cache that cannot grow stays what it was.
    const auto small = KvCache::create(plan, {32, 128}, KvType::F16, 64, 64).value();
    const std::uint64_t bytes = small->usage().bytes;
    QVERIFY(!small->grow(std::int64_t{1} << 26));
    QCOMPARE(small->context(), std::int64_t(64));
    QCOMPARE(small->usage().bytes, bytes);
    QCOMPARE(std::int64_t(bytes), mappedBytes() - before);
}

QTEST_GUILESS_MAIN(TestKvAccounting)
#include "tst_kv_accounting.moc"
