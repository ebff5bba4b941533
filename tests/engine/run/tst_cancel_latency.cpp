// How long a stop takes, on the shape that the benchmarks use and with 8192 tokens in the cache.
#include "tests/engine/run/session_support.h"

#include <QtTest>

#include <thread>

using namespace lectern;
using namespace lectern::test;

namespace {

// The promise is 200 ms; the test allows for a machine that is busy with other things.
constexpr double kMostMs = 1000;

// Runs `work`, cancels it after `delayMs`, and returns how long it went on after that; below 0 if it was done
// before.
double stopMs(double delayMs, const std::function<bool(const CancelToken&)>& work)
{
    const CancelToken cancel;
    std::atomic<std::int64_t> askedNs{0};
    QElapsedTimer clock;
    clock.start();
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(delayMs));
        askedNs = clock.nsecsElapsed();
        cancel.cancel();
    });
    const bool finished = work(cancel);
    const std::int64_t endNs = clock.nsecsElapsed();
    other.join();
    return finished ? -1 : double(endNs - askedNs) / 1e6;
}

} // namespace

class TestCancelLatency : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void whileReading();
    void inTheLastChunk();
    void whileAnswering();

private:
    void report(const char* what, double worst);
    std::shared_ptr<const Model> m_model;
};

void TestCancelLatency::initTestCase()
{
    auto model = Model::random(benchSpec(), TensorType::Q8_0, 1);
    QVERIFY(model);
    m_model = *model;
}

void TestCancelLatency::report(const char* what, double worst)
{
    qInfo("%s: at most %.1f ms from the stop to the return", what, worst);
    QVERIFY(worst >= 0);
    QVERIFY(worst < kMostMs);
}

void TestCancelLatency::whileReading()
{
    SessionSettings settings;
    settings.plan = "longgen";
    settings.context = 8192;
    const TestSession open = openSession(m_model, settings);
    const std::vector<TokenId> text = randomTokens(8192, m_model->spec().vocabulary, 1);
    double worst = -1;
    for (const double delay : {5.0, 60.0, 150.0}) {
        const auto work = [&](const CancelToken& cancel) {
            return open.session->read(text, {}, cancel).has_value();
        };
        worst = std::max(worst, stopMs(delay, work));
    }
    report("while 8192 tokens are read", worst);
}

// The dearest step there is: 512 queries over all the keys. The keys before it are zeros, which cost as much.
void TestCancelLatency::inTheLastChunk()
{
    ThreadPool pool;
    double worst = -1;
    for (const char* plan : {"full", "longgen"}) {
        const LayerPlan layers = parsePlan(plan, m_model->planShape(), {}).value();
        auto cache = KvCache::create(layers, m_model->kvShape(), KvType::F16, 8192, 512).value();
        while (cache->position() < 8192 - 512) {
            cache->beginChunk(512);
            cache->endChunk();
        }
        auto decoder = Decoder::create(m_model, pool, 512).value();
        const std::vector<TokenId> chunk = randomTokens(512, m_model->spec().vocabulary, 2);
        for (const double delay : {1.0, 20.0, 50.0, 90.0}) {
            const auto work = [&](const CancelToken& cancel) {
                return decoder->step(chunk, *cache, cancel, nullptr).has_value();
            };
            const double stopped = stopMs(delay, work);
            if (stopped < 0)
                QVERIFY(cache->rewind(8192 - 512) || plan != std::string("full"));
            worst = std::max(worst, stopped);
            if (cache->position() != 8192 - 512)
                break;
        }
    }
    report("in the last chunk of 8192 tokens", worst);
}

void TestCancelLatency::whileAnswering()
{
    ThreadPool pool;
    const LayerPlan layers = parsePlan("full", m_model->planShape(), {}).value();
    auto cache = KvCache::create(layers, m_model->kvShape(), KvType::F16, 16384, 512).value();
    while (cache->position() < 8192) {
        cache->beginChunk(512);
        cache->endChunk();
    }
    auto decoder = Decoder::create(m_model, pool, 512).value();
    std::vector<float> logits(std::size_t(m_model->spec().vocabulary));
    double worst = -1;
    for (const double delay : {10.0, 33.0, 71.0}) {
        const auto work = [&](const CancelToken& cancel) {
            for (TokenId token = 0; token < 1000; ++token) {
                if (!decoder->step({&token, 1}, *cache, cancel, nullptr))
                    return false;
                decoder->logits(0, logits.data());
            }
            return true;
        };
        worst = std::max(worst, stopMs(delay, work));
    }
    report("while answering after 8192 tokens", worst);
}

QTEST_GUILESS_MAIN(TestCancelLatency)
#include "tst_cancel_latency.moc"
