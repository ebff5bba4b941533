// DevicePages: at every query, each key that its pattern shows lies where the table says, while chunks,
// single tokens, rewinds and growth go on. The pool is simulated: a page is the list of positions written to
// it.
#include "engine/kv/device_pages.h"
#include "engine/kv/kv_cache.h"
#include "tests/support/mask_cases.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

class SimulatedPool {
public:
    SimulatedPool(LayerPlan plan, int kvHeads, int chunkTokens)
        : m_plan(std::move(plan)), m_kvHeads(kvHeads), m_pages(m_plan, kvHeads, 1, chunkTokens)
    {
    }

    DevicePages& pages() { return m_pages; }
    void grow(std::int64_t context) { m_pool.resize(std::size_t(m_pages.grow(context)) * kPageTokens, -1); }

    // Returns the number of visible keys that are not where they should be.
    int read(int tokens)
    {
        int missing = 0;
        m_pages.beginChunk(tokens);
        for (int layer = 0; layer < m_plan.layerCount(); ++layer) {
            for (int head = 0; head < m_kvHeads; ++head)
                for (int i = 0; i < tokens; ++i)
                    at(layer, head, m_pages.position() + i) = tag(layer, head, m_pages.position() + i);
            for (int head = 0; head < m_kvHeads; ++head)
                for (int i = 0; i < tokens; ++i)
                    missing += missingKeys(layer, head, m_pages.position() + i);
            const auto [first, count] = m_pages.movesOf(layer);
            for (const PageMove& move : m_pages.moves().subspan(first, count))
                std::copy_n(m_pool.begin() + move.from * kPageTokens, kPageTokens,
                            m_pool.begin() + move.to * kPageTokens);
        }
        m_pages.endChunk();
        return missing;
    }

private:
    std::int64_t tag(int layer, int head, std::int64_t position) const
    {
        return (std::int64_t{layer} * m_kvHeads + head) * 1000000 + position;
    }
    std::int64_t& at(int layer, int head, std::int64_t position)
    {
        const auto row = std::size_t(layer * m_kvHeads + head) * std::size_t(m_pages.tableStride());
        const std::int32_t page = m_pages.table()[row + std::size_t(position / kPageTokens)];
        return page < 0 ? m_nowhere : m_pool[std::size_t(page * kPageTokens + position % kPageTokens)];
    }
    int missingKeys(int layer, int head, std::int64_t query)
    {
        const HeadPattern& pattern = m_plan.layers[std::size_t(layer)][std::size_t(head)];
        int missing = 0;
        for (std::int64_t key = 0; key <= query; ++key)
            missing += sees(pattern, query, key) && at(layer, head, key) != tag(layer, head, key);
        return missing;
    }

    LayerPlan m_plan;
    int m_kvHeads;
    DevicePages m_pages;
    std::vector<std::int64_t> m_pool;
    std::int64_t m_nowhere = -1;
};

LayerPlan randomPlan(std::mt19937& random, int layers, int kvHeads)
{
    LayerPlan plan;
    for (int layer = 0; layer < layers; ++layer) {
        plan.layers.emplace_back();
        for (int head = 0; head < kvHeads; ++head)
            plan.layers.back().push_back(drawn(random, 0, 3) == 0 ? HeadPattern(FullPattern{})
                                                                  : randomCase(random).pattern);
    }
    return plan;
}

} // namespace

class TestDevicePages : public QObject {
    Q_OBJECT

private slots:
    void everyVisibleKeyIsThere();
    void usageIsWhatTheCpuCacheTakes();
};

void TestDevicePages::everyVisibleKeyIsThere()
{
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const int layers = static_cast<int>(drawn(random, 1, 3)),
                  kvHeads = static_cast<int>(drawn(random, 1, 3));
        const int longest = static_cast<int>(drawn(random, 1, 200));
        SimulatedPool pool(randomPlan(random, layers, kvHeads), kvHeads, longest);
        pool.grow(drawn(random, 1, 300));
        for (int step = 0; step < 30; ++step) {
            DevicePages& pages = pool.pages();
            const std::int64_t room = pages.context() - pages.position();
            const auto choice = drawn(random, 0, 9);
            if (choice == 0)
                pages.rewind(drawn(random, 0, static_cast<int>(pages.position())));
            else if (choice == 1 && pages.context() < 500)
                pool.grow(pages.context() + drawn(random, 1, 150));
            else if (room > 0)
                QCOMPARE(pool.read(choice < 6 ? 1
                                              : static_cast<int>(drawn(
                                                    random, 1, int(std::min<std::int64_t>(room, longest))))),
                         0);
        }
    }
}

void TestDevicePages::usageIsWhatTheCpuCacheTakes()
{
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random(seed);
        const LayerPlan plan = randomPlan(random, 3, 2);
        auto cache = KvCache::create(plan, {2, 64}, KvType::F16, 700, 100);
        QVERIFY(cache);
        const std::uint64_t pageBytes = KvPageLayout{KvType::F16, 64}.pageBytes();
        DevicePages pages(plan, 2, pageBytes, 100);
        const std::int64_t pool = pages.grow(700);
        QCOMPARE(pages.usage().bytes, (*cache)->usage().bytes);
        QCOMPARE(pages.usage().fullAttentionBytes, (*cache)->usage().fullAttentionBytes);
        QCOMPARE(std::uint64_t(pool) * pageBytes, pages.usage().bytes + pages.scratchBytes());
        for (int read = 0; read < 600; read += 100) {
            pages.beginChunk(100);
            pages.endChunk();
            (*cache)->beginChunk(100);
            (*cache)->endChunk();
        }
        for (std::size_t layer = 0; layer < 3; ++layer)
            QCOMPARE(pages.usage().layers[layer].usedBytes, (*cache)->usage().layers[layer].usedBytes);
    }
}

QTEST_GUILESS_MAIN(TestDevicePages)
#include "tst_device_pages.moc"
