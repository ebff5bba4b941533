// Rotary positions against long double arithmetic, at the bases and positions of long-context models.
#include "engine/attention/rope.h"

#include <QtTest>

#include <cmath>
#include <numeric>
#include <random>

using namespace lectern;

namespace {

constexpr std::int64_t kPositions[] = {0, 1, 2, 511, 4095, 32768, 131071, 262144, 524287, 524288};
constexpr double kBases[] = {1e4, 5e5, 8e6, 1.28e8};
// A float's rounding (6e-8 of a value at most 1) and the angle's: 524288 radians to 53 bits is 6e-11.
constexpr double kBound = 6.1e-8;

long double wantedAngle(const RopeSettings& settings, std::int64_t position, int pair)
{
    const long double divisor = settings.divisors.empty() ? 1.0L : settings.divisors[std::size_t(pair)];
    return position * static_cast<long double>(settings.positionScale) / divisor *
           std::pow(static_cast<long double>(settings.base), -2.0L * pair / settings.dimensions);
}

// Rotates one head by the definition: pair (a, b) -> (a cos - b sin, a sin + b cos).
std::vector<long double> rotated(const RopeSettings& settings, std::int64_t position,
                                 const std::vector<float>& x)
{
    std::vector<long double> out(x.begin(), x.end());
    const int pairs = settings.dimensions / 2;
    for (int i = 0; i < pairs; ++i) {
        const bool norm = settings.layout == RopeLayout::Norm;
        const auto a = std::size_t(norm ? 2 * i : i), b = std::size_t(norm ? 2 * i + 1 : i + pairs);
        const long double angle = wantedAngle(settings, position, i);
        out[a] = x[a] * std::cos(angle) - x[b] * std::sin(angle);
        out[b] = x[a] * std::sin(angle) + x[b] * std::cos(angle);
    }
    return out;
}

} // namespace

class TestRope : public QObject {
    Q_OBJECT

private slots:
    void tablesAreExact_data();
    void tablesAreExact();
    void headsAreRotated_data();
    void headsAreRotated();
    void productsDependOnDistance();
};

void TestRope::tablesAreExact_data()
{
    QTest::addColumn<double>("base");
    QTest::addColumn<double>("scale");
    QTest::addColumn<bool>("divisors");
    for (const double base : kBases) {
        QTest::addRow("base %g", base) << base << 1.0 << false;
        QTest::addRow("base %g, interpolated", base) << base << 1.0 / 8 << false;
        QTest::addRow("base %g, divided", base) << base << 1.0 << true;
    }
}

void TestRope::tablesAreExact()
{
    QFETCH(double, base);
    QFETCH(double, scale);
    QFETCH(bool, divisors);
    for (const int dimensions : {2, 16, 64, 80, 128}) {
        RopeSettings settings;
        settings.dimensions = dimensions;
        settings.base = base;
        settings.positionScale = scale;
        for (int i = 0; divisors && i < dimensions / 2; ++i)
            settings.divisors.push_back(i < dimensions / 4 ? 1.0 : 1.0 + 7.0 * i / dimensions);
        RopeTable table(settings);
        for (const std::int64_t position : kPositions) {
            const std::int64_t first = std::max<std::int64_t>(0, position - 1);
            table.fill(first, 3);
            for (int row = 0; row < 3; ++row) {
                for (int i = 0; i < dimensions / 2; ++i) {
                    const long double angle = wantedAngle(settings, first + row, i);
                    QVERIFY(std::abs(table.cosRow(row)[i] - std::cos(angle)) <= kBound);
                    QVERIFY(std::abs(table.sinRow(row)[i] - std::sin(angle)) <= kBound);
                }
            }
        }
    }
}

void TestRope::headsAreRotated_data()
{
    QTest::addColumn<bool>("neox");
    QTest::addColumn<int>("headDim");
    QTest::addColumn<int>("dimensions");
    for (const bool neox : {false, true}) {
        const char* name = neox ? "neox" : "norm";
        QTest::addRow("%s, whole head", name) << neox << 64 << 64;
        QTest::addRow("%s, part of a head", name) << neox << 96 << 32;
        QTest::addRow("%s, odd number of pairs", name) << neox << 24 << 22;
        QTest::addRow("%s, one pair", name) << neox << 16 << 2;
        QTest::addRow("%s, nothing", name) << neox << 16 << 0;
    }
}

void TestRope::headsAreRotated()
{
    QFETCH(bool, neox);
    QFETCH(int, headDim);
    QFETCH(int, dimensions);
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (const double base : kBases) {
        RopeSettings settings;
        settings.layout = neox ? RopeLayout::Neox : RopeLayout::Norm;
        settings.dimensions = dimensions;
        settings.base = base;
        RopeTable table(settings);
        for (const std::int64_t position : kPositions) {
            table.fill(position, 2);
            std::vector<float> heads(std::size_t(3 * headDim));
            for (float& value : heads)
                value = normal(random);
            const std::vector<float> before = heads;
            applyRope(table, 1, heads.data(), 3, headDim);
            for (int head = 0; head < 3; ++head) {
                const auto from = before.begin() + head * headDim;
                const auto wanted = rotated(settings, position + 1, std::vector<float>(from, from + headDim));
                for (int i = 0; i < headDim; ++i) {
                    const float got = heads[std::size_t(head * headDim + i)];
                    QVERIFY(std::abs(got - wanted[std::size_t(i)]) <= 1e-6);
                    QVERIFY(i < dimensions || got == before[std::size_t(head * headDim + i)]);
                }
            }
        }
    }
}

// What rotary positions are for: q.k depends on how far apart the two are, not on where they are.
void TestRope::productsDependOnDistance()
{
    std::mt19937 random(12);
    std::normal_distribution<float> normal;
    std::vector<float> q(128), k(128);
    for (std::size_t i = 0; i < 128; ++i) {
        q[i] = normal(random);
        k[i] = normal(random);
    }
    for (const RopeLayout layout : {RopeLayout::Norm, RopeLayout::Neox}) {
        RopeSettings settings;
        settings.layout = layout;
        settings.dimensions = 128;
        settings.base = 1.28e8;
        RopeTable table(settings);
        const auto product = [&](std::int64_t queryAt, std::int64_t keyAt) {
            std::vector<float> a = q, b = k;
            table.fill(queryAt, 1);
            applyRope(table, 0, a.data(), 1, 128);
            table.fill(keyAt, 1);
            applyRope(table, 0, b.data(), 1, 128);
            return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
        };
        for (const std::int64_t distance : {0, 1, 100, 4000})
            QVERIFY(std::abs(product(distance, 0) - product(524288, 524288 - distance)) <= 2e-5);
    }
}

QTEST_GUILESS_MAIN(TestRope)
#include "tst_rope.moc"
