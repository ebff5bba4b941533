// KV types: sizes, how far a stored number may be from the one given, odd head sizes and odd numbers.
#include "engine/kv/kv_layouts.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace lectern;

namespace {

constexpr int kHeadDims[] = {1, 8, 24, 32, 40, 64, 80, 128, 256};

// The most a number may move, given the largest magnitude of its block of 32 (1 for plain types: relative).
struct Bound {
    KvType type;
    double step;     // of the block's largest magnitude
    double relative; // of the number itself
};

// q8_0: half a step of 1/127, and the f16 scale's 2^-11. q4_0: a whole step of 1/8 where the number lies
// opposite to the extreme (levels end at 7), else half of one.
constexpr Bound kBounds[] = {{KvType::F32, 0, 0},
                             {KvType::F16, 0, 0x1p-11},
                             {KvType::Q8_0, 0.5 / 127 * 1.001 + 0x1p-11, 0},
                             {KvType::Q4_0, 1.0 / 8 + 0x1p-10, 0}};

std::vector<float> randomRow(std::mt19937& random, int count, float size)
{
    std::normal_distribution<float> normal(0, size);
    std::vector<float> row(static_cast<std::size_t>(count));
    for (float& value : row)
        value = normal(random);
    return row;
}

double largestOfBlock(const std::vector<float>& row, int i)
{
    double largest = 0;
    for (std::size_t at = std::size_t(i / 32 * 32); at < std::min(row.size(), std::size_t(i / 32 * 32 + 32));
         ++at)
        largest = std::max(largest, std::fabs(double(row[at])));
    return largest;
}

void addTypes()
{
    QTest::addColumn<int>("bound");
    for (std::size_t i = 0; i < std::size(kBounds); ++i)
        QTest::newRow(kvTypeName(kBounds[i].type)) << int(i);
}

} // namespace

class TestKvPage : public QObject {
    Q_OBJECT

private slots:
    void bytes();
    void names();
    void storedIsNear_data() { addTypes(); }
    void storedIsNear();
    void tokensDoNotTouchEachOther_data() { addTypes(); }
    void tokensDoNotTouchEachOther();
    void oddNumbersStayFinite_data() { addTypes(); }
    void oddNumbersStayFinite();
};

// The formats' own figures: 34 and 18 bytes a block of 32.
void TestKvPage::bytes()
{
    const auto bytes = [](KvType type, int headDim) { return int(KvPageLayout{type, headDim}.pageBytes()); };
    QCOMPARE(bytes(KvType::F32, 128), 2 * 64 * 128 * 4);
    QCOMPARE(bytes(KvType::F16, 128), 2 * 64 * 128 * 2);
    QCOMPARE(bytes(KvType::Q8_0, 128), 2 * 64 * 128 / 32 * 34);
    QCOMPARE(bytes(KvType::Q4_0, 128), 2 * 64 * 128 / 32 * 18);
    // A shorter last block has a scale of its own; dimensions are padded to 16.
    QCOMPARE(bytes(KvType::Q8_0, 80), 2 * 64 * (80 + 3 * 2));
    QCOMPARE(bytes(KvType::Q4_0, 40), 2 * 64 * (48 / 2 + 2 * 2));
}

void TestKvPage::names()
{
    for (const KvType type : allKvTypes())
        QCOMPARE(kvTypeByName(kvTypeName(type)).value(), type);
    QCOMPARE(kvTypeByName("q5_0").error().code, ErrorCode::Usage);
    QCOMPARE(kvTypesByName("q8_0").value(), KvTypes(KvType::Q8_0));
    for (const char* text : {"f16", "q4_0", "full=q8_0,window=f16", "full=f32,window=q4_0"})
        QCOMPARE(kvTypesName(kvTypesByName(text).value()), std::string(text));
    QCOMPARE(kvTypesByName("full=q8_0").value(), kvTypesByName("window=f16,full=q8_0").value());
    for (const char* text : {"", "q8", "full=", "heads=q8_0", "full=q8_0;window=f16", "q8_0,f16"})
        QCOMPARE(kvTypesByName(text).error().code, ErrorCode::Usage);
}

void TestKvPage::storedIsNear()
{
    QFETCH(int, bound);
    const Bound& allowed = kBounds[bound];
    std::mt19937 random(11);
    double worst = 0;
    for (const int headDim : kHeadDims) {
        const KvPageLayout layout{allowed.type, headDim};
        std::vector<std::byte> page(layout.pageBytes());
        for (int round = 0; round < 40; ++round) {
            const float size = std::ldexp(1.0f, int(random() % 16) - 8);
            const std::vector<float> key = randomRow(random, headDim, size),
                                     value = randomRow(random, headDim, size);
            std::vector<float> keyBack(key), valueBack(value);
            const int slot = int(random() % kPageTokens);
            layout.store(page.data(), slot, key.data(), value.data());
            layout.loadKey(page.data(), slot, keyBack.data());
            layout.loadValue(page.data(), slot, valueBack.data());
            for (int i = 0; i < headDim; ++i) {
                for (const auto& [given, got] : {std::pair(&key, &keyBack), std::pair(&value, &valueBack)}) {
                    const double number = (*given)[std::size_t(i)],
                                 error = std::fabs(number - (*got)[std::size_t(i)]);
                    // Halves below 2^-14 have a fixed step.
                    const double tiny = allowed.type == KvType::F32 ? 0 : 0x1p-25;
                    QVERIFY(error <= allowed.step * largestOfBlock(*given, i) +
                                         allowed.relative * std::fabs(number) + tiny);
                    worst = std::max(worst, error / largestOfBlock(*given, i));
                }
            }
        }
    }
    qInfo("worst error %.5f of the block's largest", worst);
}

void TestKvPage::tokensDoNotTouchEachOther()
{
    QFETCH(int, bound);
    std::mt19937 random(12);
    for (const int headDim : {24, 64, 80}) {
        const KvPageLayout layout{kBounds[bound].type, headDim};
        std::vector<std::byte> page(layout.pageBytes(), std::byte{0xa5});
        std::vector<std::vector<float>> keys, values;
        std::vector<int> order(kPageTokens);
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), random);
        const auto alone = [&](const std::vector<float>& key, const std::vector<float>& value, int slot) {
            std::vector<std::byte> other(layout.pageBytes());
            layout.store(other.data(), slot, key.data(), value.data());
            std::vector<float> both(std::size_t(2 * headDim));
            layout.loadKey(other.data(), slot, both.data());
            layout.loadValue(other.data(), slot, both.data() + headDim);
            return both;
        };
        std::vector<std::vector<float>> wanted(kPageTokens);
        for (const int slot : order) {
            const std::vector<float> key = randomRow(random, headDim, 1),
                                     value = randomRow(random, headDim, 3);
            wanted[std::size_t(slot)] = alone(key, value, slot);
            layout.store(page.data(), slot, key.data(), value.data());
        }
        for (int slot = 0; slot < kPageTokens; ++slot) {
            std::vector<float> both(std::size_t(2 * headDim));
            layout.loadKey(page.data(), slot, both.data());
            layout.loadValue(page.data(), slot, both.data() + headDim);
            QCOMPARE(both, wanted[std::size_t(slot)]);
        }
    }
}

void TestKvPage::oddNumbersStayFinite()
{
    QFETCH(int, bound);
    const KvPageLayout layout{kBounds[bound].type, 64};
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (const float odd : {0.0f, 1e9f, -1e9f, 65519.0f, kInfinity, -kInfinity, 1e-30f, -1e-42f}) {
        std::vector<std::byte> page(layout.pageBytes());
        std::vector<float> key(64, 0.5f), value(64, odd), back(64);
        key[7] = odd;
        layout.store(page.data(), 63, key.data(), value.data());
        layout.loadKey(page.data(), 63, back.data());
        for (const float number : back)
            QVERIFY(std::isfinite(number));
        if (std::fabs(odd) > 1)
            QVERIFY(std::signbit(back[7]) == std::signbit(odd) && std::fabs(back[7]) > 60000);
        layout.loadValue(page.data(), 63, back.data());
        for (const float number : back)
            QVERIFY(std::isfinite(number) && std::signbit(number) * number == std::signbit(odd) * number);
    }
}

QTEST_GUILESS_MAIN(TestKvPage)
#include "tst_kv_page.moc"
