// Frequencies of stretched contexts against their definitions in long double, and at the numbers of published
// models.
#include "engine/attention/rope.h"

#include <QtTest>

#include <cmath>
#include <numbers>

using namespace lectern;

namespace {

using Real = long double;
constexpr Real kTurn = 2 * std::numbers::pi_v<Real>;

Real plain(Real base, int dimensions, int pair)
{
    return std::pow(base, -Real(2 * pair) / dimensions);
}

bool near(double got, Real wanted, Real bound = 1e-12L)
{
    return std::abs(got - wanted) <= bound * std::abs(wanted);
}

// The interpolated share of a frequency that is divided by `factor` where slow.
Real blended(Real frequency, Real kept, Real factor)
{
    return frequency * kept + frequency / factor * (1 - kept);
}

RopeScaling scalingOf(RopeScalingKind kind, double factor, double context)
{
    RopeScaling scaling;
    scaling.kind = kind;
    scaling.factor = factor;
    scaling.originalContext = context;
    return scaling;
}

} // namespace

class TestRopeScaling : public QObject {
    Q_OBJECT

private slots:
    void grownBases();
    void dynamicFollowsTheContext();
    void yarn_data();
    void yarn();
    void llama3();
    void longRopeTakesTheSetOfTheContext();
    void tableScalesItsMagnitude();
    void oddSizesStayFinite();
};

// The last pair turns `factor` times slower, the first as before.
void TestRopeScaling::grownBases()
{
    for (const double base : {1e4, 5e5, 1.28e8}) {
        for (const int n : {4, 64, 128}) {
            const auto got = scaledFrequencies(scalingOf(RopeScalingKind::Ntk, 8, 4096), base, n, 0);
            QCOMPARE(got.size(), std::size_t(n / 2));
            QVERIFY(near(got.front(), 1));
            QVERIFY(near(got.back(), plain(base, n, n / 2 - 1) / 8, 1e-11L));
        }
    }
}

void TestRopeScaling::dynamicFollowsTheContext()
{
    const RopeScaling scaling = scalingOf(RopeScalingKind::Dynamic, 2, 4096);
    for (const std::int64_t context : {0, 100, 4096}) {
        const auto got = scaledFrequencies(scaling, 1e4, 64, context);
        for (int i = 0; i < 32; ++i)
            QVERIFY(near(got[std::size_t(i)], plain(1e4L, 64, i)));
    }
    // 16384 tokens are 4 times the context: 2 * 4 - 1 = 7 times slower.
    const auto grown = scaledFrequencies(scaling, 1e4, 64, 16384);
    QVERIFY(near(grown.back(), plain(1e4L, 64, 31) / 7, 1e-11L));
}

void TestRopeScaling::yarn_data()
{
    QTest::addColumn<double>("base");
    QTest::addColumn<int>("dimensions");
    QTest::addColumn<double>("context");
    QTest::addColumn<int>("low"); // the first pair that is changed at all, less one
    QTest::addColumn<int>("high");
    // Pairs that turn 32 times and once: 64 ln(4096 / (2 pi 32)) / ln(1e4) = 20.9 and 64 ln(4096 / 2 pi) /
    // ln(1e4) = 45.03.
    QTest::newRow("Llama 2 to 64K") << 1e4 << 128 << 4096.0 << 20 << 46;
    // 64 ln(32768 / (2 pi 32)) / ln(1e6) = 23.6 and 64 ln(32768 / 2 pi) / ln(1e6) = 39.65.
    QTest::newRow("Qwen 2.5 to 128K") << 1e6 << 128 << 32768.0 << 23 << 40;
}

void TestRopeScaling::yarn()
{
    QFETCH(double, base);
    QFETCH(int, dimensions);
    QFETCH(double, context);
    QFETCH(int, low);
    QFETCH(int, high);
    for (const double factor : {2.0, 4.0, 16.0}) {
        const auto got =
            scaledFrequencies(scalingOf(RopeScalingKind::Yarn, factor, context), base, dimensions, 1 << 20);
        for (int i = 0; i < dimensions / 2; ++i) {
            const Real slow = std::clamp((Real(i) - low) / (high - low), Real(0), Real(1));
            QVERIFY(near(got[std::size_t(i)], blended(plain(base, dimensions, i), 1 - slow, factor)));
        }
    }
    QVERIFY(near(yarnMagnitude(16), 0.1L * std::log(Real(16)) + 1));
    QCOMPARE(yarnMagnitude(1), 1.0);
    QCOMPARE(yarnMagnitude(0.5), 1.0);
}

// Llama 3.1: below 8192 / 4 tokens a turn kept, above 8192 divided by 8, between them a ramp.
void TestRopeScaling::llama3()
{
    const auto got = scaledFrequencies(scalingOf(RopeScalingKind::Llama3, 8, 8192), 5e5, 128, 0);
    int kept = 0, divided = 0;
    for (int i = 0; i < 64; ++i) {
        const Real frequency = plain(5e5L, 128, i), wavelength = kTurn / frequency;
        const Real share = (8192 / wavelength - 1) / 3;
        const Real wanted = wavelength < 2048   ? frequency
                            : wavelength > 8192 ? frequency / 8
                                                : blended(frequency, share, 8);
        QVERIFY(near(got[std::size_t(i)], wanted));
        kept += wavelength < 2048;
        divided += wavelength > 8192;
    }
    QVERIFY(kept == 29 && divided == 29);
}

void TestRopeScaling::longRopeTakesTheSetOfTheContext()
{
    RopeScaling scaling = scalingOf(RopeScalingKind::LongRope, 32, 4096);
    scaling.shortDivisors = {1, 1.5, 2};
    scaling.longDivisors = {1, 8, 64};
    for (const std::int64_t context : {0, 4096, 4097, 131072}) {
        const auto& wanted = context > 4096 ? scaling.longDivisors : scaling.shortDivisors;
        const auto got = scaledFrequencies(scaling, 1e4, 6, context);
        for (int i = 0; i < 3; ++i)
            QVERIFY(near(got[std::size_t(i)], plain(1e4L, 6, i) / wanted[std::size_t(i)]));
    }
}

void TestRopeScaling::tableScalesItsMagnitude()
{
    RopeSettings settings;
    settings.dimensions = 6;
    settings.scaling = scalingOf(RopeScalingKind::LongRope, 1, 10);
    settings.scaling.shortDivisors = {1, 1, 1};
    settings.scaling.longDivisors = {2, 3, 4};
    settings.scaling.magnitude = 1.25;
    RopeTable table(settings);
    for (const std::int64_t context : {5, 20, 5}) {
        table.setContext(context);
        table.fill(524287, 2);
        for (int i = 0; i < 3; ++i) {
            const Real angle = 524288 * plain(1e4L, 6, i) / (context > 10 ? i + 2 : 1);
            QVERIFY(std::abs(table.cosRow(1)[i] - 1.25L * std::cos(angle)) < 8e-8L);
            QVERIFY(std::abs(table.sinRow(1)[i] - 1.25L * std::sin(angle)) < 8e-8L);
        }
    }
}

void TestRopeScaling::oddSizesStayFinite()
{
    for (const auto kind : {RopeScalingKind::None, RopeScalingKind::Ntk, RopeScalingKind::Dynamic,
                            RopeScalingKind::Yarn, RopeScalingKind::Llama3, RopeScalingKind::LongRope})
        for (const int n : {0, 2, 4})
            for (const double context : {1.0, 1e9})
                for (const double frequency :
                     scaledFrequencies(scalingOf(kind, 1e6, context), 1.5, n, 1 << 30))
                    QVERIFY(std::isfinite(frequency) && frequency > 0);
}

QTEST_GUILESS_MAIN(TestRopeScaling)
#include "tst_rope_scaling.moc"
