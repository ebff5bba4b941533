// Unpacking against slow double-precision readers written here from the format's description, against blocks
// written out by hand, and on models in use.
#include "engine/format/gguf_file.h"
#include "engine/quant/quant_types.h"

#include <QDir>
#include <QtTest>

#include <cmath>
#include <random>

using namespace lectern;

namespace {

using Bytes = const std::uint8_t*;

double half(Bytes at)
{
    const int bits = at[0] | at[1] << 8;
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    const double magnitude =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

int nibble(Bytes bytes, int i)
{
    return i < 16 ? bytes[i] % 16 : bytes[i - 16] / 16;
}
int fifth(Bytes bytes, int i)
{
    return (bytes[i / 8] >> i % 8 & 1) * 16;
}

double q8_0(Bytes b, int i)
{
    return half(b) * static_cast<std::int8_t>(b[2 + i]);
}
double q4_0(Bytes b, int i)
{
    return half(b) * (nibble(b + 2, i) - 8);
}
double q4_1(Bytes b, int i)
{
    return half(b) * nibble(b + 4, i) + half(b + 2);
}
double q5_0(Bytes b, int i)
{
    return half(b) * (nibble(b + 6, i) + fifth(b + 2, i) - 16);
}
double q5_1(Bytes b, int i)
{
    return half(b) * (nibble(b + 8, i) + fifth(b + 4, i)) + half(b + 2);
}

// The 6-bit factor of sub-block s; `from` is 0 for scales, 4 for offsets (which also use the upper halves
// of 8..11).
int factor6(Bytes factors, int s, int from)
{
    if (s < 4)
        return factors[from + s] % 64;
    const int low = from == 0 ? factors[4 + s] % 16 : factors[4 + s] / 16;
    return low + factors[from + s - 4] / 64 * 16;
}

double q4_k(Bytes b, int i)
{
    const int s = i / 32, byte = b[16 + i / 64 * 32 + i % 32];
    const int q = s % 2 == 0 ? byte % 16 : byte / 16;
    return half(b) * factor6(b + 4, s, 0) * q - half(b + 2) * factor6(b + 4, s, 4);
}

double q5_k(Bytes b, int i)
{
    const int s = i / 32, byte = b[48 + i / 64 * 32 + i % 32];
    const int q = (s % 2 == 0 ? byte % 16 : byte / 16) + (b[16 + i % 32] >> s & 1) * 16;
    return half(b) * factor6(b + 4, s, 0) * q - half(b + 2) * factor6(b + 4, s, 4);
}

double q6_k(Bytes b, int i)
{
    const int part = i / 128, r = i % 128;
    const int low = r < 64 ? b[part * 64 + r] % 16 : b[part * 64 + r - 64] / 16;
    const int high = b[128 + part * 32 + r % 32] >> (r / 32 * 2) & 3;
    return half(b + 208) * static_cast<std::int8_t>(b[192 + i / 16]) * (low + 16 * high - 32);
}

double q2_k(Bytes b, int i)
{
    const int q = b[16 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
    return half(b + 80) * (b[i / 16] % 16) * q - half(b + 82) * (b[i / 16] / 16);
}

double q3_k(Bytes b, int i)
{
    const int s = i / 16;
    const int q =
        (b[32 + i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3) + (b[i % 32] >> i / 32 & 1) * 4 - 4;
    const int low = s < 8 ? b[96 + s] % 16 : b[96 + s - 8] / 16;
    const int high = b[104 + s % 4] >> (s / 4 * 2) & 3;
    return half(b + 108) * (low + 16 * high - 32) * q;
}

constexpr int kIq4[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

double iq4_nl(Bytes b, int i)
{
    return half(b) * kIq4[nibble(b + 2, i)];
}

double iq4_xs(Bytes b, int i)
{
    const int s = i / 32;
    const int low = s % 2 == 0 ? b[4 + s / 2] % 16 : b[4 + s / 2] / 16;
    const int high = (b[2] | b[3] << 8) >> (2 * s) & 3;
    return half(b) * (low + 16 * high - 32) * kIq4[nibble(b + 8 + 16 * s, i % 32)];
}

struct Layout {
    TensorType type;
    double (*value)(Bytes block, int element);
    std::vector<int> halves; // where the block holds half-precision numbers
};

const std::vector<Layout>& layouts()
{
    static const std::vector<Layout> kLayouts{
        {TensorType::Q8_0, q8_0, {0}},     {TensorType::Q4_0, q4_0, {0}},
        {TensorType::Q4_1, q4_1, {0, 2}},  {TensorType::Q5_0, q5_0, {0}},
        {TensorType::Q5_1, q5_1, {0, 2}},  {TensorType::Q2_K, q2_k, {80, 82}},
        {TensorType::Q3_K, q3_k, {108}},   {TensorType::Q4_K, q4_k, {0, 2}},
        {TensorType::Q5_K, q5_k, {0, 2}},  {TensorType::Q6_K, q6_k, {208}},
        {TensorType::IQ4_NL, iq4_nl, {0}}, {TensorType::IQ4_XS, iq4_xs, {0}},
    };
    return kLayouts;
}

std::vector<float> unpacked(TensorType type, const void* bytes, std::size_t n)
{
    std::vector<float> values(n);
    quantType(type)->unpackRow(static_cast<const std::byte*>(bytes), values.data(), n);
    return values;
}

} // namespace

class TestQuantLayout : public QObject {
    Q_OBJECT

private slots:
    void everyKnownTypeIsListed();
    void randomBlocksMatchTheDescription_data();
    void randomBlocksMatchTheDescription();
    void smallBlocksByHand();
    void q4kByHand();
    void q6kByHand();
    void plainTypes();
    void modelsInUseHoldSaneWeights();
};

void TestQuantLayout::everyKnownTypeIsListed()
{
    for (std::uint32_t number = 0; number < 64; ++number) {
        const auto type = static_cast<TensorType>(number);
        QCOMPARE(quantType(type) != nullptr, tensorTypeInfo(type) != nullptr);
    }
    for (const QuantType& row : quantTypes())
        QVERIFY(row.unpackRow);
}

void TestQuantLayout::randomBlocksMatchTheDescription_data()
{
    QTest::addColumn<int>("row");
    for (std::size_t i = 0; i < layouts().size(); ++i)
        QTest::newRow(tensorTypeInfo(layouts()[i].type)->name.data()) << int(i);
}

void TestQuantLayout::randomBlocksMatchTheDescription()
{
    QFETCH(int, row);
    const Layout& layout = layouts()[std::size_t(row)];
    const TensorTypeInfo& info = *tensorTypeInfo(layout.type);
    const int blocks = 64, n = blocks * int(info.blockElements);
    std::mt19937 random(7);
    std::vector<std::uint16_t> storage(blocks * info.blockBytes / 2 + 1);
    auto* bytes = reinterpret_cast<std::uint8_t*>(storage.data());
    for (std::size_t i = 0; i < blocks * info.blockBytes; ++i)
        bytes[i] = static_cast<std::uint8_t>(random());
    for (int b = 0; b < blocks; ++b)
        for (const int at : layout.halves)
            if (std::uint8_t& high = bytes[std::size_t(b) * info.blockBytes + at + 1]; (high & 0x7c) == 0x7c)
                high &= 0x83; // no infinity or NaN

    const auto values = unpacked(layout.type, bytes, std::size_t(n));
    for (int i = 0; i < n; ++i) {
        const Bytes block = bytes + i / int(info.blockElements) * int(info.blockBytes);
        double largest = 0;
        for (int j = 0; j < int(info.blockElements); ++j)
            largest = std::max(largest, std::fabs(layout.value(block, j)));
        const double wanted = layout.value(block, i % int(info.blockElements));
        QVERIFY2(
            std::fabs(values[std::size_t(i)] - wanted) <= 1e-6 * largest,
            qPrintable(QString("element %1: %2, not %3").arg(i).arg(values[std::size_t(i)]).arg(wanted)));
    }
}

void TestQuantLayout::smallBlocksByHand()
{
    alignas(4) std::uint8_t q8[34] = {0x00, 0x38, 0x81, 0x01, 0x7f}; // 0.5; -127, 1, 127, 0...
    auto values = unpacked(TensorType::Q8_0, q8, 32);
    QCOMPARE(values[0], -63.5f);
    QCOMPARE(values[1], 0.5f);
    QCOMPARE(values[2], 63.5f);
    QCOMPARE(values[31], 0.0f);

    alignas(4) std::uint8_t q4[18] = {0x00, 0xbc, 0x0f, 0x80}; // -1; element 0: 15, 16: 0; 1: 0, 17: 8
    values = unpacked(TensorType::Q4_0, q4, 32);
    QCOMPARE(values[0], -7.0f);
    QCOMPARE(values[16], 8.0f);
    QCOMPARE(values[1], 8.0f);
    QCOMPARE(values[17], 0.0f);

    alignas(4) std::uint8_t q5[22] = {0x00, 0x40, 0x01, 0x00, 0x00, 0x80, 0x0f}; // 2; fifth bits of 0 and 31
    values = unpacked(TensorType::Q5_0, q5, 32);
    QCOMPARE(values[0], 30.0f);  // 2 * (15 + 16 - 16)
    QCOMPARE(values[1], -32.0f); // 2 * (0 - 16)
    QCOMPARE(values[31], 0.0f);  // 2 * (16 - 16)

    alignas(4) std::uint8_t iq4[18] = {0x00, 0x3c, 0xf0}; // 1; element 0: level 0, element 16: level 15
    values = unpacked(TensorType::IQ4_NL, iq4, 32);
    QCOMPARE(values[0], -127.0f);
    QCOMPARE(values[16], 113.0f);
}

void TestQuantLayout::q4kByHand()
{
    alignas(4) std::uint8_t block[144] = {0x00, 0x3c, 0x00, 0x38}; // scale 1, offset scale 0.5
    block[4] = 0x43;       // scale factor 0 is 3; high bits of scale factor 4: 1
    block[8] = 0x82;       // offset factor 0 is 2; high bits of offset factor 4: 2
    block[12] = 0x57;      // scale factor 4 is 7 + 16 * 1 = 23, offset factor 4 is 5 + 16 * 2 = 37
    block[16] = 0xa9;      // elements 0 (9) and 32 (10)
    block[16 + 64] = 0x04; // elements 128 (4) and 160 (0)
    const auto values = unpacked(TensorType::Q4_K, block, 256);
    QCOMPARE(values[0], 1.0f * 3 * 9 - 0.5f * 2);
    QCOMPARE(values[1], -1.0f);
    QCOMPARE(values[32], 0.0f); // factors of sub-block 1 are 0
    QCOMPARE(values[128], 23.0f * 4 - 0.5f * 37);
    QCOMPARE(values[255], 0.0f);
}

void TestQuantLayout::q6kByHand()
{
    alignas(4) std::uint8_t block[210] = {};
    block[208] = 0x00, block[209] = 0x3c; // scale 1
    block[0] = 0x5f;                      // low bits: element 0 is 15, element 64 is 5
    block[128] = 0b11'10'01'00;           // high bits of elements 0, 32, 64, 96
    block[192] = 2, block[192 + 2] = 1, block[192 + 4] = 0xff, block[192 + 6] = 3, block[192 + 15] = 0x80;
    const auto values = unpacked(TensorType::Q6_K, block, 256);
    QCOMPARE(values[0], 2.0f * (15 + 0 - 32));
    QCOMPARE(values[32], 1.0f * (0 + 16 - 32));
    QCOMPARE(values[64], -1.0f * (5 + 32 - 32));
    QCOMPARE(values[96], 3.0f * (0 + 48 - 32));
    QCOMPARE(values[255], -128.0f * -32);
}

void TestQuantLayout::plainTypes()
{
    const double wide[] = {1.5, -2.25};
    QCOMPARE(unpacked(TensorType::F64, wide, 2), (std::vector<float>{1.5f, -2.25f}));
    const std::int8_t i8[] = {-128, 127};
    QCOMPARE(unpacked(TensorType::I8, i8, 2), (std::vector<float>{-128, 127}));
    const std::int16_t i16[] = {-32768, 5};
    QCOMPARE(unpacked(TensorType::I16, i16, 2), (std::vector<float>{-32768, 5}));
    const std::int32_t i32[] = {-1, 1 << 24};
    QCOMPARE(unpacked(TensorType::I32, i32, 2), (std::vector<float>{-1, 16777216}));
    const std::int64_t i64[] = {std::int64_t{1} << 40, -3};
    QCOMPARE(unpacked(TensorType::I64, i64, 2), (std::vector<float>{1099511627776.0f, -3}));
    const std::uint16_t f16[] = {0x3c00, 0xc000, 0x0001};
    QCOMPARE(unpacked(TensorType::F16, f16, 3), (std::vector<float>{1, -2, 0x1p-24f}));
    const std::uint16_t bf16[] = {0x3f80, 0xc040};
    QCOMPARE(unpacked(TensorType::BF16, bf16, 2), (std::vector<float>{1, -3}));
    for (const TensorType type :
         {TensorType::F64, TensorType::I8, TensorType::I16, TensorType::I32, TensorType::I64})
        QVERIFY(!quantType(type)->packRow);
}

void TestQuantLayout::modelsInUseHoldSaneWeights()
{
    QDir folder(qEnvironmentVariable("LECTERN_SHARED", LECTERN_SOURCE_DIR "/../shared") + "/models");
    const QStringList names = folder.entryList({"*.gguf"});
    if (names.isEmpty())
        QSKIP("no model files are at hand");
    for (const QString& name : names) {
        const auto file = GgufFile::open(folder.filePath(name).toStdString());
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        for (const TensorEntry& tensor : (*file)->tensors()) {
            const std::size_t rows = std::min<std::uint64_t>(tensor.elements() / tensor.shape[0], 32);
            const auto values = unpacked(tensor.type, tensor.data, tensor.shape[0] * rows);
            double square = 0;
            for (const float value : values)
                square += double(value) * value;
            const double rms = std::sqrt(square / double(values.size()));
            QVERIFY2(rms > 1e-4 && rms < 100, (tensor.name + " has rms " + std::to_string(rms)).c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestQuantLayout)
#include "tst_quant_layout.moc"
