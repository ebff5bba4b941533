// Half-precision conversions against the definition of the formats, for every one of the 65536 values and at
// every rounding border.
#include "engine/base/half.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace lectern;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The value of `bits` in a format of 15 - fractionBits exponent bits, by its definition.
double defined(int bits, int fractionBits)
{
    const int exponentBits = 15 - fractionBits, bias = (1 << (exponentBits - 1)) - 1;
    const int exponent = bits >> fractionBits & ((1 << exponentBits) - 1),
              fraction = bits & ((1 << fractionBits) - 1);
    double value = 0;
    if (exponent == (1 << exponentBits) - 1)
        value = fraction == 0 ? HUGE_VAL : std::nan("");
    else if (exponent == 0)
        value = std::ldexp(fraction, 1 - bias - fractionBits);
    else
        value = std::ldexp((1 << fractionBits) + fraction, exponent - bias - fractionBits);
    return bits & 0x8000 ? -value : value;
}

struct Format {
    const char* name;
    int fractionBits;
    float (*read)(std::uint16_t);
    std::uint16_t (*write)(float);
};

constexpr Format kFormats[] = {{"f16", 10, halfToFloat, floatToHalf},
                               {"bf16", 7, bfloatToFloat, floatToBfloat}};

} // namespace

class TestHalf : public QObject {
    Q_OBJECT

private slots:
    void everyValueIsReadAndWrittenBack_data() { addFormats(); }
    void everyValueIsReadAndWrittenBack();
    void roundingIsToNearestEven_data() { addFormats(); }
    void roundingIsToNearestEven();
    void whatIsTooLargeBecomesInfinite();
    void finiteHalvesNeverOverflow();

private:
    static void addFormats()
    {
        QTest::addColumn<int>("row");
        for (int i = 0; i < 2; ++i)
            QTest::newRow(kFormats[i].name) << i;
    }
};

void TestHalf::everyValueIsReadAndWrittenBack()
{
    QFETCH(int, row);
    const Format& format = kFormats[row];
    for (int bits = 0; bits < 65536; ++bits) {
        const auto stored = static_cast<std::uint16_t>(bits);
        const double wanted = defined(bits, format.fractionBits);
        const float got = format.read(stored);
        if (std::isnan(wanted)) {
            QVERIFY(std::isnan(got));
            QVERIFY(std::isnan(format.read(format.write(got))));
            continue;
        }
        QVERIFY2(got == wanted && std::signbit(got) == std::signbit(wanted),
                 qPrintable(QString::number(bits, 16)));
        QCOMPARE(format.write(got), stored);
    }
}

// Between two neighbours: just below the middle goes down, just above goes up, the middle goes to the even
// one.
void TestHalf::roundingIsToNearestEven()
{
    QFETCH(int, row);
    const Format& format = kFormats[row];
    const int infinity = 0x7fff >> format.fractionBits << format.fractionBits;
    for (int bits = 0; bits + 1 < infinity; ++bits) {
        const double middle =
            (defined(bits, format.fractionBits) + defined(bits + 1, format.fractionBits)) / 2;
        const auto exact = static_cast<float>(middle);
        if (exact != middle)
            continue; // between bfloat subnormals: not a float
        for (const int sign : {0, 0x8000}) {
            const float border = sign ? -exact : exact;
            const float away = sign ? -kInfinity : kInfinity;
            QCOMPARE(int(format.write(std::nextafterf(border, 0))), sign | bits);
            QCOMPARE(int(format.write(border)), sign | (bits % 2 == 0 ? bits : bits + 1));
            QCOMPARE(int(format.write(std::nextafterf(border, away))), sign | (bits + 1));
        }
    }
}

void TestHalf::whatIsTooLargeBecomesInfinite()
{
    QCOMPARE(int(floatToHalf(65519.996f)), 0x7bff);
    for (const float large : {65520.0f, 65536.0f, 1e10f, 3.4e38f, kInfinity}) {
        QCOMPARE(int(floatToHalf(large)), 0x7c00);
        QCOMPARE(int(floatToHalf(-large)), 0xfc00);
    }
    QCOMPARE(int(floatToBfloat(std::numeric_limits<float>::max())), 0x7f80);
    QCOMPARE(int(floatToHalf(0x1p-25f)), 0); // a tie: to even
    QCOMPARE(int(floatToHalf(0x1.000002p-25f)), 1);
    QCOMPARE(int(floatToHalf(1e-45f)), 0);
    QCOMPARE(int(floatToHalf(-0.0f)), 0x8000);
}

void TestHalf::finiteHalvesNeverOverflow()
{
    QCOMPARE(int(floatToFiniteHalf(1e30f)), 0x7bff);
    QCOMPARE(int(floatToFiniteHalf(-kInfinity)), 0xfbff);
    QCOMPARE(int(floatToFiniteHalf(std::nanf(""))), 0);
    QCOMPARE(int(floatToFiniteHalf(1.0f)), 0x3c00);
}

QTEST_GUILESS_MAIN(TestHalf)
#include "tst_half.moc"
