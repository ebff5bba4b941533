// RMSNorm, SwiGLU and addition against their formulas in float64, on every instruction set of the machine.
#include "engine/kernels/elementwise.h"
#include "tests/support/mask_cases.h"
#include "tests/support/simd_targets.h"

#include <QtTest>

#include <cmath>
#include <vector>

using namespace lectern;
using namespace lectern::test;

namespace {

std::vector<float> randomValues(std::size_t count, float deviation, std::mt19937& random)
{
    std::normal_distribution<float> normal(0.0f, deviation);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

bool near(double got, double wanted, double relative, double absolute)
{
    return std::abs(got - wanted) <= absolute + relative * std::abs(wanted);
}

} // namespace

class TestElementwise : public QObject {
    Q_OBJECT

private slots:
    void rmsNormIsItsFormula_data() { addSimdTargets(); }
    void rmsNormIsItsFormula();
    void swigluIsItsFormula_data() { addSimdTargets(); }
    void swigluIsItsFormula();
    void swigluAtTheEnds();
    void addition();
    void cleanup() { useAllSimdTargets(); }
};

void TestElementwise::rmsNormIsItsFormula()
{
    QFETCH(qint64, target);
    useSimdTarget(target);
    std::mt19937 random(1);
    for (const int n : {1, 3, 16, 63, 64, 257, 4096}) {
        for (const float deviation : {1e-6f, 1.0f, 1e4f}) {
            for (const bool inPlace : {false, true}) {
                const std::vector<float> x = randomValues(std::size_t(3 * n), deviation, random);
                const std::vector<float> weight = randomValues(std::size_t(n), 1.0f, random);
                std::vector<float> out = inPlace ? x : std::vector<float>(x.size(), NAN);
                rmsNorm(inPlace ? out.data() : x.data(), weight.data(), 1e-5f, out.data(), 3, n);
                for (int token = 0; token < 3; ++token) {
                    double sum = 0;
                    for (int i = 0; i < n; ++i)
                        sum += double(x[std::size_t(token * n + i)]) * x[std::size_t(token * n + i)];
                    for (int i = 0; i < n; ++i) {
                        const auto at = std::size_t(token * n + i);
                        const double wanted =
                            x[at] / std::sqrt(sum / n + double(1e-5f)) * weight[std::size_t(i)];
                        QVERIFY(near(out[at], wanted, 2e-6, 1e-12));
                    }
                }
            }
        }
    }
}

void TestElementwise::swigluIsItsFormula()
{
    QFETCH(qint64, target);
    useSimdTarget(target);
    std::mt19937 random(2);
    for (const std::size_t count : {1, 7, 16, 100, 1408}) {
        for (const float deviation : {0.01f, 1.0f, 10.0f}) {
            const std::vector<float> gate = randomValues(count, deviation, random);
            const std::vector<float> up = randomValues(count, 1.0f, random);
            std::vector<float> out = gate;
            swiglu(out.data(), up.data(), count);
            for (std::size_t i = 0; i < count; ++i)
                QVERIFY(near(out[i], gate[i] / (1 + std::exp(-double(gate[i]))) * up[i], 1e-6, 1e-12));
        }
    }
}

// Where the exponential would overflow or vanish.
void TestElementwise::swigluAtTheEnds()
{
    std::vector<float> gate = {-1e30f, -1000, -100, -88, -80, -0.0f, 0, 1e-30f, 80, 88, 100, 1000, 1e30f};
    const std::vector<float> before = gate, up(gate.size(), 1.0f);
    swiglu(gate.data(), up.data(), gate.size());
    for (std::size_t i = 0; i < gate.size(); ++i) {
        const double wanted = before[i] / (1 + std::exp(-double(before[i])));
        // Below -80 the answer is under 1e-33: as good as nothing beside other units.
        QVERIFY2(near(gate[i], wanted, 1e-6, before[i] < -1e6 ? 1e-5 : 1e-30),
                 qPrintable(QString::number(before[i])));
    }
}

void TestElementwise::addition()
{
    std::mt19937 random(3);
    for (const std::size_t count : {0, 1, 15, 16, 1001}) {
        std::vector<float> x = randomValues(count, 1.0f, random), y = randomValues(count, 1.0f, random);
        std::vector<float> sum = x;
        addInto(sum.data(), y.data(), count);
        for (std::size_t i = 0; i < count; ++i)
            QCOMPARE(sum[i], x[i] + y[i]);
    }
}

QTEST_GUILESS_MAIN(TestElementwise)
#include "tst_elementwise.moc"
