// Packing: how much of a row is lost, that the search earns its keep, and that odd inputs do no harm.
#include "engine/quant/quant_types.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace lectern;

namespace {

// The largest relative root-mean-square error allowed on rows of normally distributed weights: a few percent
// above what the search reaches, below what plain rounding from the extremes reaches.
struct Loss {
    TensorType type;
    double normal, shifted; // mean 0; mean one standard deviation
};

constexpr Loss kLosses[] = {
    {TensorType::F32, 0, 0},          {TensorType::F16, 3e-4, 3e-4},      {TensorType::BF16, 2.4e-3, 2.4e-3},
    {TensorType::Q8_0, .0056, .0052}, {TensorType::Q4_0, .0835, .0752},   {TensorType::Q4_1, .0725, .0512},
    {TensorType::Q5_0, .0418, .0378}, {TensorType::Q5_1, .0350, .0250},   {TensorType::Q2_K, .275, .195},
    {TensorType::Q3_K, .149, .132},   {TensorType::Q4_K, .0713, .0505},   {TensorType::Q5_K, .0358, .0251},
    {TensorType::Q6_K, .0172, .0159}, {TensorType::IQ4_NL, .0757, .0713}, {TensorType::IQ4_XS, .0765, .0720},
};

std::vector<float> packedAndBack(const QuantType& type, const std::vector<float>& values)
{
    const TensorTypeInfo& info = *tensorTypeInfo(type.type);
    std::vector<std::uint32_t> row(tensorBytes(info, values.size()) / 4 + 1);
    auto* bytes = reinterpret_cast<std::byte*>(row.data());
    type.packRow(values.data(), bytes, values.size());
    std::vector<float> back(values.size());
    type.unpackRow(bytes, back.data(), back.size());
    return back;
}

double relativeError(const std::vector<float>& values, const std::vector<float>& back)
{
    double error = 0, size = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        error += std::pow(double(values[i]) - back[i], 2);
        size += std::pow(double(values[i]), 2);
    }
    return std::sqrt(error / size);
}

std::vector<float> normalRow(std::size_t n, double mean, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(float(mean) * 0.02f, 0.02f);
    std::vector<float> values(n);
    for (float& value : values)
        value = normal(random);
    return values;
}

} // namespace

class TestQuantPack : public QObject {
    Q_OBJECT

private slots:
    void lossStaysWithinBounds_data() { addTypes(); }
    void lossStaysWithinBounds();
    void scaleDoesNotMatter_data() { addTypes(); }
    void scaleDoesNotMatter();
    void tinyWeightsSurvive_data() { addTypes(); }
    void tinyWeightsSurvive();
    void packedRowsPackToThemselves_data() { addTypes(); }
    void packedRowsPackToThemselves();
    void zerosStayZero_data() { addTypes(); }
    void zerosStayZero();
    void oddValuesDoNoHarm_data() { addTypes(); }
    void oddValuesDoNoHarm();

private:
    static void addTypes()
    {
        QTest::addColumn<int>("row");
        for (std::size_t i = 0; i < std::size(kLosses); ++i)
            QTest::newRow(tensorTypeInfo(kLosses[i].type)->name.data()) << int(i);
    }
};

void TestQuantPack::lossStaysWithinBounds()
{
    QFETCH(int, row);
    const Loss& loss = kLosses[row];
    const QuantType& type = *quantType(loss.type);
    const auto normal = normalRow(256 * 100, 0, 1), shifted = normalRow(256 * 100, 1, 2);
    const double first = relativeError(normal, packedAndBack(type, normal));
    QVERIFY2(first <= loss.normal, qPrintable(QString::number(first)));
    QVERIFY2(first >= loss.normal * 0.5, "the bound is too loose to notice a fault");
    const double second = relativeError(shifted, packedAndBack(type, shifted));
    QVERIFY2(second <= loss.shifted, qPrintable(QString::number(second)));
}

void TestQuantPack::scaleDoesNotMatter()
{
    QFETCH(int, row);
    const QuantType& type = *quantType(kLosses[row].type);
    for (const float factor : {1e-2f, 1e3f, -1.0f}) {
        auto values = normalRow(256 * 20, 0.5, 3);
        const double plain = relativeError(values, packedAndBack(type, values));
        for (float& value : values)
            value *= factor;
        const double scaled = relativeError(values, packedAndBack(type, values));
        // Half-precision scales of very small weights are coarse; a turned sign changes which end reaches
        // further.
        QVERIFY2(scaled <= plain * 1.25 + 1e-3,
                 qPrintable(QString("%1 at %2").arg(scaled).arg(double(factor))));
    }
}

// Scales of such weights are below half precision's normal range; the weights must not vanish.
void TestQuantPack::tinyWeightsSurvive()
{
    QFETCH(int, row);
    auto values = normalRow(256 * 20, 0, 7);
    for (float& value : values)
        value *= 1e-3f;
    const double loss = relativeError(values, packedAndBack(*quantType(kLosses[row].type), values));
    QVERIFY2(loss < 2 * kLosses[row].normal + 0.02, qPrintable(QString::number(loss)));
}

// What was read from a file and is written again in the same type must not drift.
void TestQuantPack::packedRowsPackToThemselves()
{
    QFETCH(int, row);
    const QuantType& type = *quantType(kLosses[row].type);
    const auto once = packedAndBack(type, normalRow(256 * 40, 0, 4));
    const double drift = relativeError(once, packedAndBack(type, once));
    QVERIFY2(drift <= 0.3 * kLosses[row].normal, qPrintable(QString::number(drift)));
}

void TestQuantPack::zerosStayZero()
{
    QFETCH(int, row);
    const auto back = packedAndBack(*quantType(kLosses[row].type), std::vector<float>(512, 0.0f));
    for (const float value : back)
        QCOMPARE(value, 0.0f);
}

void TestQuantPack::oddValuesDoNoHarm()
{
    QFETCH(int, row);
    const QuantType& type = *quantType(kLosses[row].type);
    const bool plain = tensorTypeInfo(type.type)->blockElements == 1;
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float odd[] = {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 3e38f, -3e38f,
                         1e-45f,    1e-30f};
    for (const float value : odd) {
        for (const bool everywhere : {false, true}) {
            auto values = everywhere ? std::vector<float>(256, value) : normalRow(256, 0, 5);
            values[17] = value;
            const auto back = packedAndBack(type, values);
            if (!plain) // plain types keep infinities and NaN
                for (const float kept : back)
                    QVERIFY2(std::isfinite(kept), qPrintable(QString::number(double(value))));
        }
    }
    // One outlier must not cost the other sub-blocks more than a coarser scale does.
    auto values = normalRow(256, 0, 6);
    values[0] = 0.5f;
    QVERIFY(std::fabs(packedAndBack(type, values)[0] - 0.5f) < 0.05f);
}

QTEST_GUILESS_MAIN(TestQuantPack)
#include "tst_quant_pack.moc"
