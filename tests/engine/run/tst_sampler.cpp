// The sampler against exact probabilities, and against outputs that are not numbers any more.
#include "engine/run/sampler.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace lectern;

namespace {

constexpr int kDraws = 100000;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

const std::vector<float> kLogits{1.5f, -2.0f, 0.25f, 3.0f, 2.75f, -0.5f, 0.0f, 1.5f, -7.0f, 2.0f};

// What the settings promise, worked out with sets and sorted lists.
std::vector<double> exactProbabilities(std::vector<float> logits, const SamplerSettings& settings,
                                       const std::vector<TokenId>& recent)
{
    for (const TokenId token : recent) {
        float& logit = logits[std::size_t(token)];
        logit = float(logit > 0 ? logit / settings.repetitionPenalty : logit * settings.repetitionPenalty);
    }
    std::vector<std::size_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return logits[a] > logits[b]; });
    if (settings.topK > 0)
        order.resize(std::min(order.size(), std::size_t(settings.topK)));
    const auto share = [&](std::size_t token) { return std::exp(logits[token] / settings.temperature); };
    double total = 0;
    for (const std::size_t token : order)
        total += share(token);
    double sum = 0;
    std::size_t kept = 0;
    while (kept < order.size() && (kept == 0 || (sum < settings.topP * total &&
                                                 share(order[kept]) >= settings.minP * share(order[0]))))
        sum += share(order[kept++]);
    std::vector<double> probabilities(logits.size(), 0.0);
    for (std::size_t i = 0; i < kept; ++i)
        probabilities[order[i]] = share(order[i]) / sum;
    return probabilities;
}

} // namespace

class TestSampler : public QObject {
    Q_OBJECT

private slots:
    void drawsFollowTheProbabilities_data();
    void drawsFollowTheProbabilities();
    void greedyTakesTheFirstOfTheBest();
    void seedsRepeat();
    void penaltyForgets();
    void whatIsNotANumberIsNeverChosen();
    void nothingFiniteIsAnError();
};

void TestSampler::drawsFollowTheProbabilities_data()
{
    QTest::addColumn<double>("temperature");
    QTest::addColumn<int>("topK");
    QTest::addColumn<double>("topP");
    QTest::addColumn<double>("minP");
    QTest::addColumn<double>("penalty");
    QTest::newRow("plain") << 1.0 << 0 << 1.0 << 0.0 << 1.0;
    QTest::newRow("cold") << 0.3 << 0 << 1.0 << 0.0 << 1.0;
    QTest::newRow("hot") << 3.0 << 0 << 1.0 << 0.0 << 1.0;
    QTest::newRow("top-k") << 1.0 << 3 << 1.0 << 0.0 << 1.0;
    QTest::newRow("top-k splits a tie") << 1.0 << 4 << 1.0 << 0.0 << 1.0;
    QTest::newRow("top-k of 1") << 1.0 << 1 << 1.0 << 0.0 << 1.0;
    QTest::newRow("top-k beyond all") << 1.0 << 1000 << 1.0 << 0.0 << 1.0;
    QTest::newRow("top-p") << 1.0 << 0 << 0.7 << 0.0 << 1.0;
    QTest::newRow("top-p of 0") << 1.0 << 0 << 0.0 << 0.0 << 1.0;
    QTest::newRow("min-p") << 1.0 << 0 << 1.0 << 0.2 << 1.0;
    QTest::newRow("min-p of 1") << 1.0 << 0 << 1.0 << 1.0 << 1.0;
    QTest::newRow("repetition") << 1.0 << 0 << 1.0 << 0.0 << 1.8;
    QTest::newRow("all together") << 1.4 << 7 << 0.9 << 0.05 << 1.3;
}

void TestSampler::drawsFollowTheProbabilities()
{
    QFETCH(double, temperature);
    QFETCH(int, topK);
    QFETCH(double, topP);
    QFETCH(double, minP);
    QFETCH(double, penalty);
    SamplerSettings settings{temperature, topK, topP, minP, penalty, 64, 42};
    const std::vector<TokenId> recent =
        penalty == 1.0 ? std::vector<TokenId>{} : std::vector<TokenId>{3, 1, 4};
    Sampler sampler(settings);
    for (const TokenId token : recent)
        for (int times = 0; times < 2; ++times) // said twice counts once
            sampler.accept(token);
    std::vector<int> counts(kLogits.size(), 0);
    for (int i = 0; i < kDraws; ++i) {
        std::vector<float> logits = kLogits;
        const auto token = sampler.pick(logits);
        QVERIFY(token);
        ++counts[std::size_t(*token)];
    }
    const std::vector<double> exact = exactProbabilities(kLogits, settings, recent);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double deviation = std::sqrt(exact[i] * (1 - exact[i]) * kDraws);
        QVERIFY2(std::abs(counts[i] - exact[i] * kDraws) <= 4.5 * deviation + 1e-6,
                 qPrintable(QString("token %1: %2 of %3").arg(i).arg(counts[i]).arg(exact[i] * kDraws)));
    }
}

void TestSampler::greedyTakesTheFirstOfTheBest()
{
    Sampler sampler({});
    std::vector<float> logits{1, 5, 2, 5, 5};
    QCOMPARE(*sampler.pick(logits), 1);
    std::vector<float> same(1000, -3.0f);
    QCOMPARE(*sampler.pick(same), 0);
    std::vector<float> single{-1e30f};
    QCOMPARE(*sampler.pick(single), 0);
}

void TestSampler::seedsRepeat()
{
    const auto drawn = [](std::uint64_t seed) {
        SamplerSettings settings;
        settings.temperature = 2.0;
        settings.seed = seed;
        Sampler sampler(settings);
        std::vector<TokenId> tokens;
        for (int i = 0; i < 50; ++i) {
            std::vector<float> logits = kLogits;
            tokens.push_back(*sampler.pick(logits));
        }
        return tokens;
    };
    QCOMPARE(drawn(7), drawn(7));
    QVERIFY(drawn(7) != drawn(8));
}

// A token that left the window of the penalty has its own logit again.
void TestSampler::penaltyForgets()
{
    SamplerSettings settings;
    settings.repetitionPenalty = 10;
    settings.repetitionWindow = 2;
    Sampler sampler(settings);
    const auto pick = [&] {
        std::vector<float> logits = kLogits;
        return *sampler.pick(logits);
    };
    QCOMPARE(pick(), 3);
    sampler.accept(3);
    QCOMPARE(pick(), 4);
    sampler.accept(4);
    QCOMPARE(pick(), 9);
    sampler.accept(9);
    QCOMPARE(pick(), 3);
    settings.repetitionWindow = 0;
    Sampler none(settings);
    none.accept(3);
    std::vector<float> logits = kLogits;
    QCOMPARE(*none.pick(logits), 3);
}

void TestSampler::whatIsNotANumberIsNeverChosen()
{
    for (const double temperature : {0.0, 1.0, 1e-9, 1e9}) {
        SamplerSettings settings;
        settings.temperature = temperature;
        settings.repetitionPenalty = 1.5;
        Sampler sampler(settings);
        for (int i = 0; i < 200; ++i) {
            std::vector<float> logits{kNan, kInfinity, 1.0f, -kInfinity, kNan, 0.5f};
            const auto token = sampler.pick(logits);
            QVERIFY(token);
            QVERIFY(*token == 2 || *token == 5);
            sampler.accept(*token);
        }
    }
}

void TestSampler::nothingFiniteIsAnError()
{
    for (const double temperature : {0.0, 1.0}) {
        SamplerSettings settings;
        settings.temperature = temperature;
        Sampler sampler(settings);
        for (const std::vector<float>& wrong :
             {std::vector<float>(9, kNan), {kInfinity, kInfinity}, {-kInfinity}, {}}) {
            std::vector<float> logits = wrong;
            const auto token = sampler.pick(logits);
            QVERIFY(!token);
            QCOMPARE(token.error().code, ErrorCode::Internal);
            QVERIFY(!token.error().hint.empty());
        }
    }
}

QTEST_GUILESS_MAIN(TestSampler)
#include "tst_sampler.moc"
