// The thread pool: every index exactly once, sums right, over many short and uneven loops.
#include "engine/base/thread_pool.h"

#include <QtTest>

#include <atomic>
#include <cmath>
#include <numeric>

using namespace lectern;

class TestThreadPool : public QObject {
    Q_OBJECT

private slots:
    void everyIndexOnce_data();
    void everyIndexOnce();
    void manyShortLoops();
    void unevenPieces();
    void poolsComeAndGo();
    void resultsAreVisibleAfterTheLoop();
};

void TestThreadPool::everyIndexOnce_data()
{
    QTest::addColumn<int>("threads");
    for (const int threads : {0, 1, 2, 3, 8, 33})
        QTest::newRow(qPrintable(QString::number(threads))) << threads;
}

void TestThreadPool::everyIndexOnce()
{
    QFETCH(int, threads);
    ThreadPool pool(threads);
    QCOMPARE(pool.threads(), threads == 0 ? ThreadPool::defaultThreads() : threads);
    for (const int count : {0, 1, 2, 7, 64, 1000}) {
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
        std::atomic<bool> threadInRange = true;
        pool.parallelFor(count, [&](int index, int thread) {
            ++seen[std::size_t(index)];
            if (thread < 0 || thread >= pool.threads())
                threadInRange = false;
        });
        QVERIFY(threadInRange);
        for (const auto& times : seen)
            QCOMPARE(times.load(), 1);
    }
}

void TestThreadPool::manyShortLoops()
{
    ThreadPool pool(4);
    std::vector<std::int64_t> sums(4);
    for (int loop = 0; loop < 20'000; ++loop) {
        const int count = loop % 17;
        std::ranges::fill(sums, 0);
        pool.parallelFor(count, [&](int index, int thread) { sums[std::size_t(thread)] += index + 1; });
        QCOMPARE(std::reduce(sums.begin(), sums.end()), std::int64_t{count} * (count + 1) / 2);
    }
}

// One piece as long as all others together: the others must not wait for it in line.
void TestThreadPool::unevenPieces()
{
    ThreadPool pool(2);
    std::vector<double> results(64);
    const auto work = [&](int index) {
        double x = index;
        for (int i = 0; i < (index == 0 ? 64'000 : 1'000); ++i)
            x = std::sin(x) + 1;
        return x;
    };
    pool.parallelFor(64, [&](int index, int) { results[std::size_t(index)] = work(index); });
    for (int i = 0; i < 64; ++i)
        QCOMPARE(results[std::size_t(i)], work(i));
}

void TestThreadPool::poolsComeAndGo()
{
    for (int round = 0; round < 200; ++round) {
        ThreadPool pool(1 + round % 5);
        std::atomic<int> sum = 0;
        if (round % 3 != 0) // some pools never work
            pool.parallelFor(10, [&](int index, int) { sum += index; });
        QCOMPARE(sum.load(), round % 3 != 0 ? 45 : 0);
    }
}

void TestThreadPool::resultsAreVisibleAfterTheLoop()
{
    ThreadPool pool(3);
    std::vector<int> values(5000, 0); // plain ints: parallelFor itself must order the writes
    for (int round = 1; round <= 200; ++round) {
        pool.parallelFor(int(values.size()), [&](int index, int) { values[std::size_t(index)] += round; });
        QCOMPARE(std::reduce(values.begin(), values.end()), 5000 * round * (round + 1) / 2);
    }
}

QTEST_GUILESS_MAIN(TestThreadPool)
#include "tst_thread_pool.moc"
