// attend() against attention by its definition in float64: every pattern, head shape, way of cutting the text
// into chunks, and every instruction set of the machine.
#include "tests/support/attention_case.h"
#include "tests/support/simd_targets.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr int kSettings = 200;
// Both sides see the same keys and values, as the pages hold them, so what is left is float arithmetic: of the scores (up to 6 in
// base 2) and of sums of a few hundred terms.
constexpr double kOutBound = 2e-5;
// Queries and probabilities of 16 bits, where quantised levels are multiplied as they stand
// (level_attention-inl.h).
constexpr double kLevelsBound = 2e-4;
constexpr double kMassBound = 1e-5;

constexpr int kHeadDims[] = {16, 24, 64, 80, 96, 128};

struct Setting {
    AttentionCase layer;
    std::vector<int> chunks;
};

Setting randomSetting(unsigned seed, const KvTypes& types = {})
{
    std::mt19937 random(seed);
    AttentionShape shape;
    shape.kvHeads = static_cast<int>(drawn(random, 1, 3));
    shape.heads = shape.kvHeads * static_cast<int>(drawn(random, 1, 5));
    shape.headDim = kHeadDims[seed % std::size(kHeadDims)];
    shape.softcap = drawn(random, 0, 3) == 0 ? 2.5f : 0.0f;
    std::vector<MaskCase> heads;
    for (int i = 0; i < shape.kvHeads; ++i)
        heads.push_back(randomCase(random));
    const auto tokens = static_cast<int>(drawn(random, 1, 420));
    const double sharpness = drawn(random, 0, 1) ? 1.0 : 4.0;
    std::vector<int> chunks = randomChunks(random, tokens, 200);
    AttentionCase layer(shape, std::move(heads), tokens, sharpness, seed, types);
    if (drawn(random, 0, 2) == 0)
        layer.startAgainEvery(drawn(random, 0, 1) ? drawn(random, 1, 4) * kPageTokens : drawn(random, 1, 300),
                              seed);
    return {std::move(layer), std::move(chunks)};
}

// The error of the worst of the rows looked at: the last query, and some others.
double worstRow(const Setting& setting, const std::vector<float>& out, unsigned seed)
{
    std::mt19937 random(seed);
    const AttentionShape& shape = setting.layer.shape();
    double worst = 0;
    for (int i = 0; i < 24; ++i) {
        const auto position = static_cast<int>(i == 0 ? setting.layer.tokens() - 1
                                                      : drawn(random, 0, setting.layer.tokens() - 1));
        const auto head = static_cast<int>(drawn(random, 0, shape.heads - 1));
        const float* row = out.data() + (position * shape.heads + head) * shape.headDim;
        const double error = rowError(row, setting.layer.reference(head, position).out);
        worst = error <= worst ? worst : error;
    }
    return worst;
}

} // namespace

class TestAttend : public QObject {
    Q_OBJECT

private slots:
    void equalsTheDefinition_data();
    void equalsTheDefinition();
    void chunksAndThreadsDoNotMatter();
    void pageMassesAreTheSoftmax();
    void largeScoresStayFinite();
    void cancelReturnsEarly();
    void cleanup() { useAllSimdTargets(); }
};

void TestAttend::equalsTheDefinition_data()
{
    QTest::addColumn<QString>("types");
    addSimdTargets({"f16", "f32", "q8_0", "q4_0", "full=q8_0,window=f16"});
}

void TestAttend::equalsTheDefinition()
{
    QFETCH(qint64, target);
    QFETCH(QString, types);
    useSimdTarget(target);
    ThreadPool pool(2);
    const unsigned settings = types == "f16" ? kSettings : kSettings / 8;
    for (unsigned seed = 0; seed < settings; ++seed) {
        Setting setting = randomSetting(seed, kvTypesByName(types.toStdString()).value());
        const std::vector<float> out = setting.layer.run(setting.chunks, pool);
        const double error = worstRow(setting, out, seed);
        QVERIFY2(error <= (types.contains("q") ? kLevelsBound : kOutBound), qPrintable(QString("setting %1 (%2): error %3")
                                                    .arg(seed)
                                                    .arg(QString::fromStdString(setting.layer.what()))
                                                    .arg(error)));
    }
}

// However the text is cut, each row is the same numbers: they are worked out from the same pages in the same
// order.
void TestAttend::chunksAndThreadsDoNotMatter()
{
    ThreadPool one(1), two(2);
    std::mt19937 random(7);
    for (unsigned seed = 1000; seed < 1030; ++seed) {
        Setting setting = randomSetting(seed);
        const int tokens = setting.layer.tokens();
        const std::vector<float> whole = setting.layer.run({tokens}, one);
        const std::vector<float> single = setting.layer.run(std::vector<int>(std::size_t(tokens), 1), two);
        const std::vector<float> parts = setting.layer.run(randomChunks(random, tokens, 100), two);
        const std::vector<double> wanted(whole.begin(), whole.end());
        QVERIFY2(rowError(single.data(), wanted) <= 1e-5, setting.layer.what().c_str());
        QVERIFY2(rowError(parts.data(), wanted) <= 1e-5, setting.layer.what().c_str());
        // Two runs of one program give one answer.
        const std::vector<float> again = setting.layer.run({tokens}, two);
        QVERIFY(std::equal(again.begin(), again.end(), whole.begin()));
    }
}

void TestAttend::pageMassesAreTheSoftmax()
{
    ThreadPool pool(2);
    int seen = 0;
    for (unsigned seed = 2000; seed < 2060; ++seed) {
        Setting setting = randomSetting(seed);
        const int heads = setting.layer.shape().heads;
        const auto check = [&](const AttentionJob& job, const std::vector<PageMass>& masses) {
            int wanted = 1; // the chunk's last query, and the last of every page before it
            for (std::int64_t p = job.firstPosition; p < job.firstPosition + job.tokens - 1; ++p)
                wanted += p % kPageTokens == kPageTokens - 1;
            QCOMPARE(int(masses.size()), wanted * heads);
            for (const PageMass& mass : masses) {
                const std::vector<double> p =
                    setting.layer.reference(mass.head, int(mass.position)).probabilities;
                std::vector<double> pages(mass.mass.size(), 0.0);
                for (std::size_t key = 0; key < p.size(); ++key)
                    pages.at(key / kPageTokens) += p[key];
                double sum = 0;
                for (std::size_t page = 0; page < pages.size(); ++page) {
                    sum += mass.mass[page];
                    QVERIFY2(std::abs(mass.mass[page] - pages[page]) <= kMassBound,
                             setting.layer.what().c_str());
                    QVERIFY(pages[page] > 0 || mass.mass[page] == 0);
                }
                QVERIFY(std::abs(sum - 1) <= kMassBound);
                ++seen;
            }
        };
        setting.layer.run(setting.chunks, pool, true, check);
        if (QTest::currentTestFailed())
            return;
    }
    QVERIFY(seen > 500);
}

// Scores in the thousands: one key takes everything, nothing overflows.
void TestAttend::largeScoresStayFinite()
{
    ThreadPool pool(1);
    AttentionCase layer({4, 2, 64}, {fullCase(), sinkBlocksCase(3, 16, 2)}, 150, 3000.0, 5);
    for (const std::vector<int>& chunks : {std::vector<int>{150}, std::vector<int>(150, 1)}) {
        const std::vector<float> out = layer.run(chunks, pool);
        for (int position = 0; position < 150; position += 7)
            for (int head = 0; head < 4; ++head)
                QVERIFY(rowError(out.data() + (position * 4 + head) * 64,
                                 layer.reference(head, position).out) <= 2e-3);
    }
}

void TestAttend::cancelReturnsEarly()
{
    LayerPlan plan;
    plan.layers.push_back({FullPattern{}});
    auto cache = KvCache::create(plan, {1, 64}, KvType::F16, 4096, 4096);
    QVERIFY(cache);
    (*cache)->beginChunk(4096);
    const std::vector<float> queries(std::size_t(4096) * 16 * 64, 0.5f);
    std::vector<float> out(queries.size(), -1.0f);
    AttentionJob job;
    job.queries = queries.data();
    job.out = out.data();
    job.tokens = 4096;
    job.kv = {&(*cache)->head(0, 0)};
    AttentionWorkspace workspace;
    ThreadPool pool(2);
    CancelToken cancel;
    cancel.cancel();
    QElapsedTimer timer;
    timer.start();
    attend({16, 1, 64, 0.125f}, job, workspace, pool, cancel);
    qInfo("attend() returned %lld ms after it was cancelled", static_cast<long long>(timer.elapsed()));
    QVERIFY(timer.elapsed() < 1000);
}

QTEST_GUILESS_MAIN(TestAttend)
#include "tst_attend.moc"
