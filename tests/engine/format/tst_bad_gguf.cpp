// Files that lie. Each row is a file broken in one way; the reader must say which key or tensor is wrong, at
// once, in little memory, and never fall over.
#include "engine/format/gguf_file.h"
#include "tests/support/gguf_bytes.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <functional>
#include <random>
#include <sys/resource.h>

using namespace lectern;
using lectern::test::GgufBytes;

namespace {

using Type = GgufValueType;
constexpr std::uint32_t kF32 = 0, kF16 = 1, kQ8_0 = 8, kQ4_K = 12;
constexpr std::uint64_t kHuge = ~std::uint64_t{0};
constexpr std::uint64_t kTwo63 = std::uint64_t{1} << 63;

struct BadFile {
    const char* row;
    GgufBytes bytes;
    const char* said; // must occur in the message
};

std::vector<BadFile> badHeaders()
{
    return {
        {"one byte", GgufBytes().characters("G"), "does not start with \"GGUF\""},
        {"other format", GgufBytes().characters("PK\3\4 this is a zip file"), "does not start with \"GGUF\""},
        {"magic only", GgufBytes().characters("GGUF"), "ends inside the header"},
        {"no counts", GgufBytes().characters("GGUF").raw<std::uint32_t>(3), "ends inside the header"},
        {"version 1", GgufBytes().header(0, 0, 1), "version 1"},
        {"version 0", GgufBytes().header(0, 0, 0), "version 0"},
        {"version 4", GgufBytes().header(0, 0, 4), "version 4"},
        {"big-endian", GgufBytes().header(0, 0, 0x03000000), "big-endian"},
        {"2^63 keys", GgufBytes().header(0, kTwo63), "9223372036854775808 metadata keys"},
        {"2^64-1 keys", GgufBytes().header(0, kHuge), "metadata keys"},
        {"one key too many", GgufBytes().header(0, 2).key("a", 1), "metadata keys"},
        {"2^63 tensors", GgufBytes().header(kTwo63, 0), "9223372036854775808 tensors"},
        {"tensors without records", GgufBytes().header(1, 0), "1 tensors"},
        {"more keys than allowed", GgufBytes().header(0, 1 << 20).data(1 << 25), "1048576 metadata keys"},
    };
}

std::vector<BadFile> badKeys()
{
    return {
        {"empty key", GgufBytes().header(0, 1).key("", 1).data(8), "metadata key 0 has an empty name"},
        {"key name of 2^64-1 bytes", GgufBytes().header(0, 1).raw(kHuge).data(64), "metadata key 0"},
        {"key name past the end", GgufBytes().header(0, 1).raw<std::uint64_t>(500).data(64),
         "metadata key 0"},
        {"repeated key", GgufBytes().header(0, 2).key("general.name", 1).key("general.name", 2),
         "\"general.name\" occurs twice"},
        {"unknown value type", GgufBytes().header(0, 1).text("llama.x").raw<std::uint32_t>(13).data(64),
         "\"llama.x\" has the unknown type 13"},
        {"value type 2^32-1", GgufBytes().header(0, 1).text("llama.x").raw<std::uint32_t>(~0u).data(64),
         "\"llama.x\""},
        {"bool of 2", GgufBytes().header(0, 1).key("flag", Type::Bool).raw<std::uint8_t>(2).data(8),
         "\"flag\" is a true-or-false value stored as 2"},
        {"bool list with 7", GgufBytes().header(0, 1).list("flags", Type::Bool, 2).raw<std::uint16_t>(0x0700),
         "\"flags\""},
        {"text past the end",
         GgufBytes().header(0, 1).key("name", Type::Text).raw<std::uint64_t>(1000).data(64),
         "\"name\" is 1000 bytes long"},
        {"text of 2^64-1 bytes", GgufBytes().header(0, 1).key("name", Type::Text).raw(kHuge).data(64),
         "\"name\""},
        {"number cut off", GgufBytes().header(0, 1).key("wide", Type::U64).raw<std::uint32_t>(1),
         "inside metadata key \"wide\""},
        {"list of 2^61 numbers", GgufBytes().header(0, 1).list("l", Type::U64, kTwo63 >> 2).data(64),
         "\"l\""},
        {"list of 2^64-1 bytes", GgufBytes().header(0, 1).list("l", Type::U8, kHuge).data(64), "\"l\""},
        {"list of unknown type",
         GgufBytes().header(0, 1).text("l").raw(Type::List).raw<std::uint32_t>(99).raw(kHuge),
         "\"l\" is a list of the unknown type 99"},
        {"list of lists", GgufBytes().header(0, 1).list("l", Type::List, 1).data(64),
         "\"l\" is a list of lists"},
        {"list cut off", GgufBytes().header(0, 1).key("l", Type::List).raw(Type::U8), "\"l\""},
        {"text list with a lie",
         GgufBytes().header(0, 1).list("tokenizer.ggml.tokens", Type::Text, 2).text("a").raw(kHuge),
         "text 1 of metadata key \"tokenizer.ggml.tokens\""},
        {"list above the limit", GgufBytes().header(0, 1).list("l", Type::U8, 5 << 20).data(5 << 20),
         "\"l\" has 5242880 elements"},
        {"lists together above the limit",
         GgufBytes()
             .header(0, 2)
             .list("m", Type::U8, 3 << 20)
             .data(3 << 20, 1)
             .list("n", Type::U8, 3 << 20)
             .data(3 << 20, 1),
         "\"n\" has 3145728 elements"},
        {"key with control characters",
         GgufBytes().header(0, 1).key("a\n\x1b[2J", Type::Bool).raw<std::uint8_t>(9), "\"a??[2J\""},
        {"alignment 0", GgufBytes().header(0, 1).key("general.alignment", 0), "\"general.alignment\" is 0"},
        {"alignment 3", GgufBytes().header(0, 1).key("general.alignment", 3), "\"general.alignment\" is 3"},
        {"alignment 2^31", GgufBytes().header(0, 1).key("general.alignment", 1u << 31),
         "\"general.alignment\""},
        {"alignment as text", GgufBytes().header(0, 1).key("general.alignment", Type::Text).text("32"),
         "\"general.alignment\" is not a 32-bit"},
        {"alignment as list", GgufBytes().header(0, 1).list("general.alignment", Type::U32, 1).raw(32u),
         "\"general.alignment\""},
    };
}

GgufBytes oneTensor(const std::vector<std::uint64_t>& shape, std::uint32_t type, std::uint64_t offset = 0)
{
    return GgufBytes().header(1, 0).tensor("blk.0.w", shape, type, offset).data(1024);
}

std::vector<BadFile> badTensors()
{
    const auto two = [] { return GgufBytes().header(2, 0); };
    return {
        {"empty tensor name", GgufBytes().header(1, 0).tensor("", {4}, kF32, 0).data(64),
         "tensor 0 has an empty name"},
        {"tensor name of 65 bytes",
         GgufBytes().header(1, 0).tensor(std::string(65, 'n'), {4}, kF32, 0).data(64), "tensor 0"},
        {"tensor name of 2^63 bytes", GgufBytes().header(1, 0).raw(kTwo63).data(64), "tensor 0"},
        {"five dimensions", oneTensor({1, 1, 1, 1, 1}, kF32), "\"blk.0.w\" has 5 dimensions"},
        {"2^32-1 dimensions", GgufBytes().header(1, 0).text("blk.0.w").raw<std::uint32_t>(~0u).data(64),
         "\"blk.0.w\""},
        {"dimension of 0", oneTensor({4, 0}, kF32), "\"blk.0.w\" has an impossible size"},
        {"dimension of -1", oneTensor({kHuge}, kF32), "\"blk.0.w\" has an impossible size"},
        {"dimensions product 2^64+4", oneTensor({4, kTwo63 / 2 + 1, 1, 1}, kF32),
         "\"blk.0.w\" has an impossible size"},
        {"dimensions product 2^64", oneTensor({std::uint64_t{1} << 32, std::uint64_t{1} << 32}, kF32),
         "\"blk.0.w\""},
        {"product wraps through 0", oneTensor({std::uint64_t{1} << 32, std::uint64_t{1} << 32, 1, 4}, kF32),
         "\"blk.0.w\""},
        {"bytes wrap", oneTensor({kTwo63 >> 1}, kF32), "\"blk.0.w\" has an impossible size"},
        {"row not a multiple of the block", oneTensor({33}, kQ8_0), "\"blk.0.w\" has rows of 33 elements"},
        {"row not a super-block", oneTensor({128, 2}, kQ4_K), "Q4_K blocks of 256"},
        {"withdrawn type", oneTensor({32}, 4), "\"blk.0.w\" is of type Q4_2 (withdrawn from the format)"},
        {"withdrawn type 36", oneTensor({32}, 36), "number 36 (withdrawn"},
        {"type of another program", oneTensor({256}, 16), "\"blk.0.w\" is of type IQ2_XXS"},
        {"activation type", oneTensor({32}, 9), "Q8_1"},
        {"unknown type", oneTensor({32}, 1000000), "\"blk.0.w\" is of type number 1000000"},
        {"negative type", oneTensor({32}, ~0u), "\"blk.0.w\""},
        {"offset not aligned", oneTensor({4}, kF32, 16), "\"blk.0.w\" starts at offset 16"},
        {"offset past the end", oneTensor({4}, kF32, 1 << 20), "\"blk.0.w\" (offset 1048576"},
        {"offset 2^64-32", oneTensor({4}, kF32, kHuge - 31), "\"blk.0.w\""},
        {"end past the end by one row", oneTensor({257}, kF32),
         "\"blk.0.w\" (offset 0, 1028 bytes) reaches past"},
        {"end wraps", oneTensor({std::uint64_t{1} << 60}, kF32, kTwo63), "\"blk.0.w\""},
        {"record cut off", GgufBytes().header(1, 0).text("blk.0.w").raw(1u).raw<std::uint64_t>(4).raw(kF32),
         "\"blk.0.w\""},
        {"no data at all", GgufBytes().header(1, 0).tensor("blk.0.w", {4}, kF32, 0), "\"blk.0.w\""},
        {"same name twice", two().tensor("w", {8}, kF32, 0).tensor("w", {8}, kF32, 32).data(64),
         "\"w\" occurs twice"},
        {"same place twice", two().tensor("w", {8}, kF32, 0).tensor("v", {8}, kF32, 0).data(64), "overlaps"},
        {"overlap by a part", two().tensor("w", {16}, kF32, 0).tensor("v", {8}, kF32, 32).data(96),
         "\"v\" overlaps tensor \"w\""},
        {"overlap in reverse order", two().tensor("v", {8}, kF32, 32).tensor("w", {16}, kF32, 0).data(96),
         "\"v\" overlaps tensor \"w\""},
        {"data not on a multiple of 4",
         GgufBytes().header(1, 1).key("general.alignment", 1).tensor("blk.0.w", {4}, kF32, 2).data(64, 4),
         "\"blk.0.w\""},
    };
}

// A small file with every kind of value and a few tensors.
GgufBytes goodFile()
{
    GgufBytes file;
    file.header(3, 8)
        .key("general.architecture", Type::Text)
        .text("llama")
        .key("llama.block_count", 2)
        .key("eps", Type::F32)
        .raw(1e-5f)
        .key("flag", Type::Bool)
        .raw<std::uint8_t>(1)
        .list("tokens", Type::Text, 3)
        .text("a")
        .text("")
        .text("long enough to be on the heap")
        .list("scores", Type::F32, 2)
        .raw(0.5f)
        .raw(-1.0f)
        .list("flags", Type::Bool, 3)
        .raw<std::uint8_t>(0)
        .raw<std::uint8_t>(1)
        .raw<std::uint8_t>(1)
        .list("types", Type::I32, 2)
        .raw(-1)
        .raw(7)
        .tensor("norm", {8}, kF32, 0)
        .tensor("q", {32, 2}, kQ8_0, 32)
        .tensor("half", {16}, kF16, 128)
        .data(160);
    return file;
}

bool inside(const GgufPart& part, const std::vector<std::byte>& bytes)
{
    return std::ranges::all_of(part.tensors, [&](const TensorEntry& tensor) {
        return tensor.data >= bytes.data() && tensor.bytes <= bytes.size() &&
               tensor.data + tensor.bytes <= bytes.data() + bytes.size();
    });
}

} // namespace

class TestBadGguf : public QObject {
    Q_OBJECT

private slots:
    void badFilesAreRefusedByName_data();
    void badFilesAreRefusedByName();
    void everyTruncationIsRefused();
    void randomFlipsNeverBreakOut();
    void version2AndScalarsAreRead();
    void tensorsNotInModelFilesAreNotInvented();
    void memoryStayedSmall();
};

void TestBadGguf::badFilesAreRefusedByName_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("said");
    for (const auto& files : {badHeaders(), badKeys(), badTensors()})
        for (const BadFile& file : files) {
            const auto& bytes = file.bytes.bytes();
            QTest::newRow(file.row) << QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                                  qsizetype(bytes.size()))
                                    << QString(file.said);
        }
}

void TestBadGguf::badFilesAreRefusedByName()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, said);
    QTemporaryDir folder;
    QFile raw(folder.filePath("model.gguf"));
    QVERIFY(raw.open(QIODevice::WriteOnly) && raw.write(bytes) == bytes.size());
    raw.close();

    QElapsedTimer timer;
    timer.start();
    const auto file = GgufFile::open(raw.fileName().toStdString());
    QVERIFY(timer.elapsed() < 1000);
    QVERIFY(!file);
    const QString message = QString::fromStdString(file.error().message);
    QVERIFY2(message.contains(said), qPrintable(message));
    QVERIFY2(message.contains("model.gguf is not a valid model: ") && message.endsWith('.'),
             qPrintable(message));
    QVERIFY(!file.error().hint.empty());
    QVERIFY(file.error().code == ErrorCode::BadInput || file.error().code == ErrorCode::Unsupported);
}

void TestBadGguf::everyTruncationIsRefused()
{
    const std::vector<std::byte> whole = goodFile().bytes();
    const auto good = parseGguf(whole, "good");
    QVERIFY2(good, good ? "" : good.error().message.c_str());
    QCOMPARE(good->tensors.size(), std::size_t{3});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // A copy of its own, so that a sanitiser sees a read past the end.
        const std::vector<std::byte> cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
        QVERIFY2(!parseGguf(cut, "cut"), qPrintable(QString::number(size)));
    }
}

void TestBadGguf::randomFlipsNeverBreakOut()
{
    const std::vector<std::byte> whole = goodFile().bytes();
    std::mt19937 random(20240601);
    int accepted = 0;
    for (int round = 0; round < 5000; ++round) {
        std::vector<std::byte> bytes = whole;
        for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto part = parseGguf(bytes, "flipped");
        if (!part) {
            QVERIFY(!part.error().message.empty());
            continue;
        }
        ++accepted;
        QVERIFY(inside(*part, bytes));
    }
    QVERIFY(accepted > 0 && accepted < 5000); // both outcomes were seen
}

void TestBadGguf::version2AndScalarsAreRead()
{
    const auto bytes = GgufBytes().header(1, 0, 2).tensor("scalar", {}, kF32, 0).data(4).bytes();
    const auto part = parseGguf(bytes, "v2");
    QVERIFY2(part, part ? "" : part.error().message.c_str());
    QCOMPARE(part->version, 2u);
    QCOMPARE(part->tensors[0].elements(), std::uint64_t{1});
    QCOMPARE(part->tensors[0].bytes, std::uint64_t{4});
}

void TestBadGguf::tensorsNotInModelFilesAreNotInvented()
{
    const auto bytes =
        GgufBytes().header(0, 1).key("general.alignment", 1 << 20).bytes(); // a vocabulary file
    const auto part = parseGguf(bytes, "vocabulary");
    QVERIFY2(part, part ? "" : part.error().message.c_str());
    QVERIFY(part->tensors.empty());
}

void TestBadGguf::memoryStayedSmall()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitiser's own memory would be counted");
#endif
    rusage usage{};
    QVERIFY(getrusage(RUSAGE_SELF, &usage) == 0);
    QVERIFY2(usage.ru_maxrss < 200 * 1024, qPrintable(QString::number(usage.ru_maxrss)));
}

QTEST_GUILESS_MAIN(TestBadGguf)
#include "tst_bad_gguf.moc"
