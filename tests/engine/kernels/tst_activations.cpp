// LayerNorm, GELU with and without a gate, and the cap of logits against their formulas in float64, on every
// instruction set of the machine.
#include "engine/kernels/elementwise.h"
#include "tests/support/simd_targets.h"

#include <QtTest>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

using namespace lectern;
using namespace lectern::test;

namespace {

std::vector<float> randomValues(std::size_t count, float mean, float deviation, std::mt19937& random)
{
    std::normal_distribution<float> normal(mean, deviation);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

double geluOf(double x)
{
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

} // namespace

class TestActivations : public QObject {
    Q_OBJECT

private slots:
    void layerNormIsItsFormula_data() { addSimdTargets(); }
    void layerNormIsItsFormula();
    void geluIsItsFormula_data() { addSimdTargets(); }
    void geluIsItsFormula();
    void capIsItsFormula();
    void cleanup() { useAllSimdTargets(); }
};

void TestActivations::layerNormIsItsFormula()
{
    QFETCH(qint64, target);
    useSimdTarget(target);
    std::mt19937 random(1);
    for (const int n : {1, 3, 16, 63, 64, 257, 4096}) {
        for (const float mean : {0.0f, 3.0f, -50.0f}) {
            const std::vector<float> x = randomValues(std::size_t(3 * n), mean, 2.0f, random);
            const std::vector<float> weight = randomValues(std::size_t(n), 0, 1, random);
            const std::vector<float> bias = randomValues(std::size_t(n), 0, 1, random);
            std::vector<float> out(x.size(), NAN), same = x;
            layerNorm(x.data(), weight.data(), bias.data(), 1e-5f, out.data(), 3, n);
            layerNorm(same.data(), weight.data(), bias.data(), 1e-5f, same.data(), 3, n);
            QVERIFY(same == out);
            for (std::size_t token = 0; token < 3; ++token) {
                const float* row = x.data() + token * std::size_t(n);
                double average = 0, variance = 0;
                for (int i = 0; i < n; ++i)
                    average += double(row[i]) / n;
                for (int i = 0; i < n; ++i)
                    variance += (row[i] - average) * (row[i] - average) / n;
                for (int i = 0; i < n; ++i) {
                    const double wanted =
                        (row[i] - average) / std::sqrt(variance + 1e-5) * weight[std::size_t(i)] +
                        bias[std::size_t(i)];
                    // x less its mean loses what x rounds away: 50 to 24 bits.
                    QVERIFY(std::abs(out[token * std::size_t(n) + std::size_t(i)] - wanted) <=
                            3e-5 * (1 + std::abs(wanted)));
                }
            }
        }
    }
}

void TestActivations::geluIsItsFormula()
{
    QFETCH(qint64, target);
    useSimdTarget(target);
    std::mt19937 random(2);
    for (const std::size_t n : {1u, 3u, 16u, 31u, 64u, 1000u}) {
        for (const float deviation : {0.01f, 1.0f, 10.0f, 1000.0f}) {
            const std::vector<float> x = randomValues(n, 0, deviation, random);
            const std::vector<float> up = randomValues(n, 0, 1, random);
            std::vector<float> plain = x, gated = x;
            gelu(plain.data(), n);
            geglu(gated.data(), up.data(), n);
            for (std::size_t i = 0; i < n; ++i) {
                const double wanted = geluOf(x[i]);
                QVERIFY(std::abs(plain[i] - wanted) <= 2e-6 * std::abs(wanted) + 1e-6);
                QVERIFY(std::abs(gated[i] - wanted * up[i]) <=
                        2e-6 * std::abs(wanted * up[i]) + 1e-6 * std::abs(up[i]));
            }
        }
    }
}

void TestActivations::capIsItsFormula()
{
    std::mt19937 random(3);
    for (const float cap : {1.0f, 30.0f, 50.0f}) {
        const std::vector<float> x = randomValues(500, 0, 2 * cap, random);
        std::vector<float> out = x;
        softcap(out.data(), cap, out.size());
        for (std::size_t i = 0; i < x.size(); ++i) {
            QVERIFY(std::abs(out[i]) <= cap);
            QVERIFY(std::abs(out[i] - cap * std::tanh(double(x[i]) / cap)) <= 1e-6 * cap);
        }
    }
}

QTEST_GUILESS_MAIN(TestActivations)
#include "tst_activations.moc"
