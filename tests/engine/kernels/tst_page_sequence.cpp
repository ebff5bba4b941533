// The arithmetic by which the GPU's kernels find their pages and masks, compiled for the CPU: every key that
// a pattern shows lies in a page that is visited, once, and the mask shows exactly what the pattern shows.
#define __device__
#define __host__
#include "engine/kernels/cuda/module/pattern.cuh"

#include "engine/kernels/cuda/head_pattern.h"
#include "engine/kv/page_budget.h"
#include "tests/support/mask_cases.h"

#include <QtTest>

#include <set>

using namespace lectern;
using namespace lectern::test;

class TestPageSequence : public QObject {
    Q_OBJECT

private slots:
    void visitsWhatIsVisible();
    void placesInAPageAreDistinct();
};

void TestPageSequence::visitsWhatIsVisible()
{
    for (unsigned seed = 0; seed < 1000; ++seed) {
        std::mt19937 random(seed);
        const HeadPattern pattern = seed % 8 == 0 ? HeadPattern(FullPattern{}) : randomCase(random).pattern;
        const LecternCudaHead head = deviceHead(pattern);
        const auto first = static_cast<int>(drawn(random, 0, 1200)),
                   last = first + static_cast<int>(drawn(random, 0, 130));
        const cuda::PageSequence sequence(head, first, last);
        std::set<int> visited;
        for (int i = 0; i < sequence.count(); ++i)
            QVERIFY(visited.insert(sequence.page(i)).second);
        QVERIFY(*visited.begin() >= 0 && *visited.rbegin() <= last / kPageTokens);
        for (int query = first; query <= last; query += 5) {
            for (int key = 0; key <= last; ++key) {
                const bool visible = cuda::visible(head, query, key, cuda::windowBegin(head, query));
                QCOMPARE(visible, sees(pattern, query, key));
                QVERIFY(!visible || visited.count(key / kPageTokens));
            }
        }
    }
}

template <int D> static void checkPlaces()
{
    std::set<int> places;
    for (int row = 0; row < kPageTokens; ++row)
        for (int column = 0; column < D; ++column)
            places.insert(cuda::PageLayout<D>::at(row, column));
    QCOMPARE(int(places.size()), kPageTokens * D);
    QCOMPARE(*places.rbegin(), cuda::PageLayout<D>::kBytes - 2);
}

void TestPageSequence::placesInAPageAreDistinct()
{
    checkPlaces<64>();
    checkPlaces<96>();
    checkPlaces<128>();
    checkPlaces<256>();
}

QTEST_GUILESS_MAIN(TestPageSequence)
#include "tst_page_sequence.moc"
