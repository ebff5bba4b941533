// What a plan costs: the published figures, and pages counted one by one.
#include "engine/kv/page_budget.h"
#include "tests/support/mask_cases.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

LayerPlan planOf(const std::string& text, const PlanShape& shape)
{
    return parsePlan(text, shape, {}).value();
}

// Pages that hold a key which some query from `firstQuery` to the end sees, among the pages begun when that
// query is read: walked through the mask, key by key.
std::int64_t neededPages(const Mask& keeps, std::int64_t firstQuery, std::int64_t context)
{
    std::int64_t count = 0;
    for (std::int64_t page = 0; page <= firstQuery / kPageTokens; ++page) {
        bool needed = false;
        for (std::int64_t k = page * kPageTokens; k < std::min(context, (page + 1) * kPageTokens) && !needed;
             ++k)
            for (std::int64_t q = std::max(k, firstQuery); q < context && !needed; ++q)
                needed = keeps(q, k);
        count += needed;
    }
    return count;
}

} // namespace

class TestPageBudget : public QObject {
    Q_OBJECT

private slots:
    void publishedFigures_data();
    void publishedFigures();
    void everyNeededPageHasRoom();
    void budgetsAreTight_data();
    void budgetsAreTight();
    void bytesAreSums();
};

// LongGen's table (arXiv 2410.01485): Llama-2-7B, 32 layers of 32 KV heads of 128, 16 bit, 128K tokens: 69.2
// GB falls to 26.5 GB. By arithmetic: 12 full layers, and 20 of 33 blocks of 64.
void TestPageBudget::publishedFigures_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<qint64>("bytes");
    constexpr qint64 kTokenLayer = 2 * 2 * 32 * 128; // keys and values of one token in one layer
    constexpr qint64 kContext = 131072;
    QTest::newRow("full") << "full" << 32 * kContext * kTokenLayer;
    QTest::newRow("LongGen") << "longgen:full=10-21" << (12 * kContext + 20 * 33 * 64) * kTokenLayer;
    QTest::newRow("LongGen by default") << "longgen" << (12 * kContext + 20 * 33 * 64) * kTokenLayer;
    QTest::newRow("11 full layers") << "longgen:full=10-20" << (11 * kContext + 21 * 33 * 64) * kTokenLayer;
    QTest::newRow("6 full layers") << "longgen:full=13-18" << (6 * kContext + 26 * 33 * 64) * kTokenLayer;
    QTest::newRow("no full layer") << "longgen:full=" << 32 * 33 * 64 * kTokenLayer;
}

void TestPageBudget::publishedFigures()
{
    QFETCH(QString, plan);
    QFETCH(qint64, bytes);
    const KvPageLayout layout{KvType::F16, 128};
    const LayerPlan parsed = planOf(plan.toStdString(), {32, 32, 32});
    QCOMPARE(qint64(planKvBytes(parsed, layout, 131072)), bytes);
    QCOMPARE(fullAttentionKvBytes(32, {32, 128}, layout, 131072), 68719476736ull);
    if (plan == "longgen:full=10-21")
        QCOMPARE(QString::number(double(bytes) / 1e9, 'f', 2), QString("26.46"));
}

void TestPageBudget::everyNeededPageHasRoom()
{
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 random(seed);
        const MaskCase mask = randomCase(random);
        const std::int64_t context = drawn(random, 1, 700);
        const std::int64_t total = pageBudget(mask.pattern, context).total();
        for (int i = 0; i < 8; ++i) {
            const std::int64_t query = drawn(random, 0, context - 1);
            QVERIFY2(neededPages(mask.keeps, query, context) <= total, mask.what.c_str());
        }
    }
}

void TestPageBudget::budgetsAreTight_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<int>("context");
    QTest::addColumn<int>("kept");
    QTest::addColumn<int>("window");
    QTest::newRow("full") << "full" << 1000 << 16 << 0;
    QTest::newRow("LongGen, short text") << "longgen:full=" << 64 << 1 << 0;
    QTest::newRow("LongGen, text in the window") << "longgen:full=" << 1024 << 1 << 15;
    QTest::newRow("LongGen, long text") << "longgen:full=" << 100000 << 1 << 32;
    QTest::newRow("two sink blocks") << "longgen:full=,sink=128,window=256" << 100000 << 2 << 4;
    // The last 256 tokens of a query in the middle of a page lie in five pages.
    QTest::newRow("tokens") << "window:sink=64,window=256" << 100000 << 1 << 5;
    QTest::newRow("strided, 20 blocks") << "longgen-block:full=,local=4,stride=8,homo=1" << 64 * 20 << 3 << 4;
    QTest::newRow("strided, all") << "longgen-block:full=,local=4,stride=1" << 64 * 20 << 20 << 0;
}

void TestPageBudget::budgetsAreTight()
{
    QFETCH(QString, plan);
    QFETCH(int, context);
    QFETCH(int, kept);
    QFETCH(int, window);
    const LayerPlan parsed = planOf(plan.toStdString(), {1, 1, 1});
    const PageBudget budget = pageBudget(parsed.layers[0][0], context);
    QCOMPARE(int(budget.kept), kept);
    QCOMPARE(int(budget.window), window);
}

void TestPageBudget::bytesAreSums()
{
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        const KvPageLayout layout{KvType::F16, static_cast<int>(drawn(random, 1, 160))};
        const std::int64_t context = drawn(random, 1, 5000);
        LayerPlan plan;
        std::uint64_t wanted = 0;
        for (int layer = 0; layer < 3; ++layer) {
            plan.layers.emplace_back();
            for (int head = 0; head < 4; ++head) {
                plan.layers.back().push_back(randomCase(random).pattern);
                const PageBudget budget = pageBudget(plan.layers.back().back(), context);
                wanted +=
                    std::uint64_t(budget.kept + budget.window) * 64 * std::uint64_t(layout.headDim) * 2 * 2;
            }
        }
        QCOMPARE(planKvBytes(plan, layout, context), wanted);
        QVERIFY(planKvBytes(plan, layout, context) >=
                planKvBytes(plan, layout, std::max<std::int64_t>(1, context / 2)));
    }
}

QTEST_GUILESS_MAIN(TestPageBudget)
#include "tst_page_budget.moc"
