// Attention patterns against the masks of their papers, by brute force: what a query sees, the spans made for
// a tile of queries, and the promise the KV cache lives on, that what is forgotten is never needed again.
#include "tests/support/mask_cases.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr unsigned kSettings = 200;
constexpr std::int64_t kTokens = 460;

std::string wrongAt(const MaskCase& mask, std::int64_t q, std::int64_t k)
{
    return mask.what + ": query " + std::to_string(q) + ", key " + std::to_string(k);
}

// How often spans offer key k to query q.
int offers(const std::vector<KeySpan>& spans, const HeadPattern& pattern, std::int64_t q, std::int64_t k)
{
    int count = 0;
    for (const KeySpan& span : spans)
        count +=
            k >= span.begin && k < span.end && k <= q && (!span.windowed || k >= windowBegin(pattern, q));
    return count;
}

} // namespace

class TestPatterns : public QObject {
    Q_OBJECT

private slots:
    void publishedMasks_data();
    void publishedMasks();
    void randomMasksAgree();
    void spansAreTheMask();
    void whatIsForgottenIsNeverNeeded();
    void farPositions();
    void chunksCountFromWhereReadingBegan();
    void descriptionsAreDistinct();
};

// Rows worked out by hand from the papers' numbers.
void TestPatterns::publishedMasks_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<qint64>("query");
    QTest::addColumn<qint64>("key");
    QTest::addColumn<bool>("seen");
    // 0: LongGen AttnSink, first block and 32 most recent blocks of 64.
    QTest::newRow("sink") << 0 << qint64(131071) << qint64(63) << true;
    QTest::newRow("after the sink") << 0 << qint64(131071) << qint64(64) << false;
    QTest::newRow("oldest block") << 0 << qint64(131071) << qint64(131072 - 2048) << true;
    QTest::newRow("before it") << 0 << qint64(131071) << qint64(131072 - 2049) << false;
    QTest::newRow("block begins") << 0 << qint64(4096) << qint64(4096 - 31 * 64) << true;
    QTest::newRow("left the window") << 0 << qint64(4096) << qint64(4096 - 31 * 64 - 1) << false;
    // 1: BlockSparse, stride 64, head 1 of 32 (step 2), offset 0: blocks 62, 126, ...
    QTest::newRow("strided") << 1 << qint64(131071) << qint64(62 * 64) << true;
    QTest::newRow("not block 0") << 1 << qint64(131071) << qint64(0) << false;
    QTest::newRow("strided again") << 1 << qint64(131071) << qint64(126 * 64 + 63) << true;
    QTest::newRow("its neighbour") << 1 << qint64(131071) << qint64(127 * 64) << false;
    // 2: Phi-3-small, stride 8, head 0 of 32, offset 1: blocks 7, 15, ...
    QTest::newRow("offset 1") << 2 << qint64(8191) << qint64(7 * 64) << true;
    QTest::newRow("block 0 is not kept") << 2 << qint64(8191) << qint64(0) << false;
    // 3: StreamingLLM, 4 sinks and 1020 recent.
    QTest::newRow("token window") << 3 << qint64(5000) << qint64(5000 - 1019) << true;
    QTest::newRow("one too old") << 3 << qint64(5000) << qint64(5000 - 1020) << false;
    QTest::newRow("token sink") << 3 << qint64(5000) << qint64(3) << true;
    QTest::newRow("no sink") << 3 << qint64(5000) << qint64(4) << false;
    QTest::newRow("the future") << 3 << qint64(10) << qint64(11) << false;
}

void TestPatterns::publishedMasks()
{
    QFETCH(int, which);
    QFETCH(qint64, query);
    QFETCH(qint64, key);
    QFETCH(bool, seen);
    const MaskCase masks[] = {sinkBlocksCase(64, 64, 32), localStrideCase({64, 32, 64, 1, 32, 0}),
                              localStrideCase({64, 16, 8, 0, 32, 1}), tokenWindowCase(4, 1020)};
    QCOMPARE(sees(masks[which].pattern, query, key), seen);
    QCOMPARE(masks[which].keeps(query, key), seen);
}

void TestPatterns::randomMasksAgree()
{
    for (unsigned seed = 0; seed < kSettings; ++seed) {
        std::mt19937 random(seed);
        const MaskCase mask = randomCase(random);
        for (std::int64_t q = 0; q < kTokens; ++q)
            for (std::int64_t k = 0; k < kTokens; ++k)
                if (sees(mask.pattern, q, k) != mask.keeps(q, k))
                    QFAIL(wrongAt(mask, q, k).c_str());
    }
}

void TestPatterns::spansAreTheMask()
{
    std::vector<KeySpan> spans{{1, 2, true}}; // must be replaced
    for (unsigned seed = 0; seed < kSettings; ++seed) {
        std::mt19937 random(seed);
        const MaskCase mask = randomCase(random);
        for (int tile = 0; tile < 12; ++tile) {
            const std::int64_t begin = drawn(random, 0, kTokens - 1);
            const std::int64_t end = std::min(kTokens, begin + drawn(random, 1, tile < 3 ? 1 : 90));
            spansForQueries(mask.pattern, begin, end, spans);
            std::int64_t last = 0;
            for (const KeySpan& span : spans) {
                QVERIFY2(span.begin >= last && span.begin < span.end && span.end <= end, mask.what.c_str());
                last = span.end;
            }
            for (std::int64_t q = begin; q < end; ++q)
                for (std::int64_t k = 0; k < end; ++k)
                    if (offers(spans, mask.pattern, q, k) != int(mask.keeps(q, k)))
                        QFAIL(wrongAt(mask, q, k).c_str());
            // Nothing is read for nothing: every key of a span is seen by some query of the tile.
            for (const KeySpan& span : spans) {
                for (std::int64_t k = span.begin; k < span.end; ++k) {
                    bool used = false;
                    for (std::int64_t q = std::max(begin, k); q < end && !used; ++q)
                        used = mask.keeps(q, k);
                    if (!used)
                        QFAIL(wrongAt(mask, end - 1, k).c_str());
                }
            }
        }
    }
}

// dkernel calls this is_kv_cache_efficient: a key that a query does not see, though it is past, is seen by no
// later one.
void TestPatterns::whatIsForgottenIsNeverNeeded()
{
    for (unsigned seed = 0; seed < kSettings; ++seed) {
        std::mt19937 random(seed);
        const MaskCase mask = randomCase(random);
        std::int64_t lastBegin = 0;
        for (std::int64_t q = 0; q < kTokens; ++q) {
            const std::int64_t begin = windowBegin(mask.pattern, q);
            QVERIFY2(begin >= lastBegin && begin <= q, mask.what.c_str());
            lastBegin = begin;
        }
        for (std::int64_t k = 0; k < kTokens; ++k) {
            bool forgotten = false;
            for (std::int64_t q = k; q < kTokens; ++q) {
                if (forgotten && mask.keeps(q, k))
                    QFAIL(wrongAt(mask, q, k).c_str());
                const KeyRun kept = nextKept(mask.pattern, k);
                const bool isKept = kept.begin <= k && k < kept.end;
                forgotten = !isKept && k < windowBegin(mask.pattern, q);
                QVERIFY2(!isKept || mask.keeps(q, k), mask.what.c_str());
            }
        }
    }
}

// Half a million tokens in: the spans of one query hold as many keys as the mask.
void TestPatterns::farPositions()
{
    const MaskCase masks[] = {sinkBlocksCase(64, 64, 32), localStrideCase({64, 32, 64, 5, 8, 1}),
                              tokenWindowCase(4, 4096), fullCase()};
    std::vector<KeySpan> spans;
    for (const MaskCase& mask : masks) {
        for (const std::int64_t q : {131071, 524287, 524288}) {
            spansForQueries(mask.pattern, q, q + 1, spans);
            std::int64_t offered = 0, kept = 0;
            for (const KeySpan& span : spans)
                offered += span.end - span.begin;
            for (std::int64_t k = 0; k <= q; ++k)
                kept += mask.keeps(q, k);
            QCOMPARE(offered, kept);
        }
    }
}

// After a prompt of 100 tokens come answer tokens one by one, each a chunk of its own; from 110 another text
// is read.
void TestPatterns::chunksCountFromWhereReadingBegan()
{
    SinkChunkPattern answering{4, 10, 40};
    answering.readEnd = 100;
    QCOMPARE(answering.windowBegin(39), std::int64_t(0));
    QCOMPARE(answering.windowBegin(40), std::int64_t(30));
    QCOMPARE(answering.windowBegin(99), std::int64_t(70));
    QCOMPARE(answering.windowBegin(100), std::int64_t(90));
    QCOMPARE(answering.windowBegin(109), std::int64_t(99));
    SinkChunkPattern again{4, 10, 40};
    again.readBegin = 110;
    again.readEnd = 500;
    QCOMPARE(again.windowBegin(110), std::int64_t(100));
    QCOMPARE(again.windowBegin(149), std::int64_t(100));
    QCOMPARE(again.windowBegin(150), std::int64_t(140));
}

void TestPatterns::descriptionsAreDistinct()
{
    QSet<QString> texts;
    for (const MaskCase& mask :
         {fullCase(), sinkBlocksCase(64, 64, 32), tokenWindowCase(64, 2048), sinkChunkCase(64, 256, 2048),
          localStrideCase({64, 32, 64, 0, 1, 0}), localStrideCase({64, 32, 64, 0, 1, 1})}) {
        texts.insert(QString::fromStdString(describePattern(mask.pattern)));
        QVERIFY(std::string(patternKind(mask.pattern)).size() > 3);
    }
    QCOMPARE(texts.size(), 6);
}

QTEST_GUILESS_MAIN(TestPatterns)
#include "tst_patterns.moc"
