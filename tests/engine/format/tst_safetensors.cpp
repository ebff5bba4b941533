// Safetensors files and sharded folders: what is right is read, and what lies is refused by name.
#include "engine/format/safetensors_file.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <random>
#include <sys/resource.h>

using namespace lectern;

namespace {

QByteArray file(const QByteArray& header, int dataBytes)
{
    const auto length = static_cast<std::uint64_t>(header.size());
    QByteArray bytes(reinterpret_cast<const char*>(&length), 8);
    bytes += header;
    for (int i = 0; i < dataBytes; ++i)
        bytes += static_cast<char>(i);
    return bytes;
}

QByteArray lengthOnly(std::uint64_t length)
{
    return QByteArray(reinterpret_cast<const char*>(&length), 8);
}

// One tensor "w" with its three fields as written.
QByteArray tensor(const char* dtype, const char* shape, const char* offsets)
{
    return QByteArray("{\"w\":{\"dtype\":\"") + dtype + "\",\"shape\":" + shape +
           ",\"data_offsets\":" + offsets + "}}";
}

Result<SafetensorsHeader> parsed(const QByteArray& bytes)
{
    // On the heap and of exact size, so that a sanitiser sees a read past the end.
    const std::vector<char> copy(bytes.begin(), bytes.end());
    return parseSafetensors(std::as_bytes(std::span(copy)), "model.safetensors");
}

QString said(const Error& error)
{
    return QString::fromStdString(error.message);
}

const QByteArray kTwo =
    R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
    R"("a":{"data_offsets":[24,28],"shape":[2],"dtype":"BF16"}}  )";

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private slots:
    void goodFileIsRead();
    void typesTheEngineDoesNotUseAreListed();
    void badFilesAreRefusedByName_data();
    void badFilesAreRefusedByName();
    void hundredMegabytesOfHeader();
    void everyTruncationIsRefused();
    void randomFlipsNeverBreakOut();
    void shardedFolderIsRead();
    void badIndexesAreRefusedByName_data();
    void badIndexesAreRefusedByName();
    void shardsMustKeepTheIndexsPromises();
    void memoryStayedSmall();

private:
    QString put(const QString& name, const QByteArray& bytes) const
    {
        QFile out(m_folder.filePath(name));
        QDir().mkpath(QFileInfo(out).path());
        const bool done = out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size();
        return done ? out.fileName() : QString();
    }

    QTemporaryDir m_folder;
};

void TestSafetensors::goodFileIsRead()
{
    const auto opened = SafetensorsFile::open(put("good/model.safetensors", file(kTwo, 28)).toStdString());
    QVERIFY2(opened, opened ? "" : qPrintable(said(opened.error())));
    QCOMPARE((*opened)->tensors().size(), std::size_t{2});
    QCOMPARE((*opened)->metadata().at("format"), std::string("pt"));
    QVERIFY(!(*opened)->find("c"));
    const auto b = (*opened)->find("b")->tensor();
    QVERIFY(b && b->type == TensorType::F32 && b->dimensions == 2);
    QVERIFY((b->shape == std::array<std::uint64_t, 4>{3, 2, 1, 1})); // fastest first
    QCOMPARE(int(b->data[5]), 5);
    const auto a = (*opened)->find("a")->tensor();
    QVERIFY(a && a->type == TensorType::BF16 && a->bytes == 4);
    QCOMPARE(int(a->data[0]), 24);

    const auto folder = SafetensorsFile::open(m_folder.filePath("good").toStdString());
    QVERIFY(folder && (*folder)->fileBytes() == (*opened)->fileBytes() && (*folder)->stillIntact());
    const auto none = SafetensorsFile::open(m_folder.path().toStdString());
    QVERIFY(!none && none.error().code == ErrorCode::NotFound);
}

void TestSafetensors::typesTheEngineDoesNotUseAreListed()
{
    const auto fp8 = parsed(file(tensor("F8_E4M3", "[2,2]", "[0,4]"), 4));
    QVERIFY(fp8 && fp8->tensors[0].dtype == "F8_E4M3" && fp8->tensors[0].elements == 4);
    const auto refused = fp8->tensors[0].tensor();
    QVERIFY(!refused && refused.error().code == ErrorCode::Unsupported &&
            said(refused.error()).contains("\"w\""));
    const auto empty = parsed(file(tensor("F32", "[0,4]", "[0,0]"), 0));
    QVERIFY(empty && empty->tensors[0].elements == 0 && !empty->tensors[0].tensor());
    const auto scalar = parsed(file(tensor("F32", "[]", "[0,4]"), 4));
    QVERIFY(scalar && scalar->tensors[0].tensor()->elements() == 1);
    QVERIFY(parsed(file("{}", 0)));
}

void TestSafetensors::badFilesAreRefusedByName_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const QByteArray& bytes, const char* reason) {
        QTest::newRow(name) << bytes << QString(reason);
    };
    row("empty", {}, "ends inside the header");
    row("seven bytes", QByteArray(7, '\0'), "ends inside the header");
    row("length 2^63", lengthOnly(std::uint64_t{1} << 63), "claims 9223372036854775808 bytes");
    row("length 2^64-1", lengthOnly(~std::uint64_t{0}) + "{}", "claims 18446744073709551615 bytes");
    row("length above the limit", lengthOnly(100'000'001), "more than the 100000000 allowed");
    row("length past the end", lengthOnly(100) + "{}", "more than the file holds");
    row("no header", lengthOnly(0), "does not start with '{'");
    row("a list", file("[]", 0), "does not start with '{'");
    row("leading space", file(" {}", 0), "does not start with '{'");
    row("cut JSON", file("{\"w\":{", 0), "JSON is broken");
    row("rubbish after", file("{}x", 0), "JSON is broken");
    row("zero byte after", file(QByteArray("{}\0garbage", 10), 0), "JSON is broken at byte 3");
    row("broken UTF-8", file("{\"\xff\":1}", 0), "JSON is broken");
    row("500 deep", file("{\"w\":" + QByteArray(500, '[') + QByteArray(500, ']') + "}", 0),
        "tensor \"w\" holds a list");
    row("500 objects deep", file(QByteArray("{\"w\":").repeated(500) + "1" + QByteArray(500, '}'), 0),
        "\"w\" holds an object");
    row("deep in a shape", file(tensor("F32", "[[[[1]]]]", "[0,4]"), 4), "\"w\" holds a list");
    row("tensor is a number", file("{\"w\":1}", 0), "\"w\" holds a number");
    row("tensor is null", file("{\"w\":null}", 0), "\"w\" holds null");
    row("same tensor twice",
        file("{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
             "\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
             2),
        "\"w\" occurs twice");
    row("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "occurs twice");
    row("metadata with a number", file("{\"__metadata__\":{\"a\":1}}", 0), "its metadata holds a number");
    row("metadata key twice", file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0), "\"a\" twice");
    row("field twice", file("{\"w\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}", 0),
        "\"w\" has the key \"dtype\" twice");
    row("no dtype", file("{\"w\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1), "\"w\" has no dtype");
    row("no shape", file("{\"w\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1), "\"w\" has no shape");
    row("no offsets", file("{\"w\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1), "\"w\" has no data_offsets");
    row("one offset", file(tensor("U8", "[1]", "[0]"), 1), "\"w\" has 1 data_offsets");
    row("three offsets", file(tensor("U8", "[1]", "[0,1,1]"), 1), "\"w\" has 3 data_offsets");
    row("unknown dtype", file(tensor("F31", "[1]", "[0,4]"), 4), "\"w\" has the unknown type \"F31\"");
    row("negative dimension", file(tensor("U8", "[-1]", "[0,1]"), 1), "\"w\" holds a negative number");
    row("fractional dimension", file(tensor("U8", "[1.5]", "[0,1]"), 1), "\"w\" holds a fractional");
    row("dimension 2^64", file(tensor("U8", "[18446744073709551616]", "[0,1]"), 1),
        "\"w\" holds a fractional");
    row("text in a shape", file(tensor("U8", "[\"1\"]", "[0,1]"), 1), "\"w\" holds a text");
    row("65 dimensions",
        file(tensor("U8", ("[1" + QByteArray(",1").repeated(64) + "]").constData(), "[0,1]"), 1), "\"w\"");
    row("shape wraps to 4", file(tensor("F32", "[4294967296,4294967296,4]", "[0,16]"), 16),
        "\"w\" has an impossible shape");
    row("shape times type wraps", file(tensor("F32", "[4611686018427387905]", "[0,4]"), 4),
        "\"w\" has an impossible shape");
    row("shape larger than data", file(tensor("F32", "[2]", "[0,4]"), 4), "\"w\" needs 8 bytes");
    row("shape smaller than data", file(tensor("F32", "[1]", "[0,8]"), 8), "\"w\" needs 4 bytes");
    row("end before begin", file(tensor("U8", "[1]", "[1,0]"), 1), "\"w\" ends before");
    row("past the end", file(tensor("U8", "[9]", "[0,9]"), 8), "\"w\" reaches past the end");
    row("huge end", file(tensor("U8", "[18446744073709551615]", "[0,18446744073709551615]"), 8),
        "\"w\" reaches past");
    row("hole at the start", file(tensor("U8", "[1]", "[1,2]"), 2), "\"w\" leaves a hole of 1 bytes");
    row("bytes left over", file(tensor("U8", "[1]", "[0,1]"), 3), "2 bytes at its end belong to no tensor");
    const QByteArray pair =
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":)";
    row("overlap", file(pair + "[3,7]}}", 7), "\"b\" overlaps");
    row("hole between", file(pair + "[5,9]}}", 9), "\"b\" leaves a hole of 1 bytes");
    row("same place", file(pair + "[0,4]}}", 4), "\"b\" overlaps");
}

void TestSafetensors::badFilesAreRefusedByName()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    QElapsedTimer timer;
    timer.start();
    const auto header = parsed(bytes);
    QVERIFY(timer.elapsed() < 1000);
    QVERIFY(!header);
    QVERIFY2(said(header.error()).contains(reason), qPrintable(said(header.error())));
    QVERIFY(said(header.error()).contains("model.safetensors is not a valid safetensors file: "));
    QVERIFY(!header.error().hint.empty());
}

// The largest header allowed, filled with what costs a careless reader most.
void TestSafetensors::hundredMegabytesOfHeader()
{
    const int bytes = 100'000'000;
    for (const char filler : {' ', '[', 'x', '"', '\\', '{'}) {
        {
            QFile out(m_folder.filePath("large.safetensors"));
            QVERIFY(out.open(QIODevice::WriteOnly));
            out.write(lengthOnly(bytes));
            out.write("{\"w\":\"");
            const QByteArray piece(1 << 20, filler);
            for (qint64 left = bytes - 6; left > 0; left -= piece.size())
                out.write(piece.constData(), std::min<qint64>(left, piece.size()));
        }
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!SafetensorsFile::open(m_folder.filePath("large.safetensors").toStdString()));
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString("%1: %2 ms").arg(filler).arg(timer.elapsed())));
    }
    QFile::remove(m_folder.filePath("large.safetensors"));
}

void TestSafetensors::everyTruncationIsRefused()
{
    const QByteArray whole = file(kTwo, 28);
    QVERIFY(parsed(whole));
    for (int size = 0; size < whole.size(); ++size)
        QVERIFY2(!parsed(whole.left(size)), qPrintable(QString::number(size)));
}

void TestSafetensors::randomFlipsNeverBreakOut()
{
    const QByteArray whole = file(kTwo, 28);
    std::mt19937 random(11);
    int accepted = 0;
    for (int round = 0; round < 5000; ++round) {
        QByteArray bytes = whole;
        for (unsigned flips = 1 + random() % 3; flips > 0; --flips)
            bytes[int(random() % unsigned(bytes.size()))] = static_cast<char>(random());
        const auto header = parsed(bytes);
        accepted += header.has_value();
        QVERIFY(header || !header.error().message.empty());
    }
    QVERIFY(accepted > 0 && accepted < 5000);
}

void TestSafetensors::shardedFolderIsRead()
{
    put("sharded/model-1.safetensors", file(kTwo, 28));
    put("sharded/model-2.safetensors", file(tensor("F16", "[3]", "[0,6]"), 6));
    put("sharded/model.safetensors.index.json",
        R"({"metadata":{"total_size":34,"more":[{"a":[1.5,null,true,-3]}]},"weight_map":{"a":"model-1.safetensors","b":"model-1.safetensors","w":"model-2.safetensors"}})");
    const auto folder = SafetensorsFile::open(m_folder.filePath("sharded").toStdString());
    QVERIFY2(folder, folder ? "" : qPrintable(said(folder.error())));
    QCOMPARE((*folder)->tensors().size(), std::size_t{3});
    QCOMPARE((*folder)->find("w")->bytes, std::uint64_t{6});
    QCOMPARE(int((*folder)->find("a")->data[0]), 24);
}

void TestSafetensors::badIndexesAreRefusedByName_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const QByteArray& json, const char* reason) {
        QTest::newRow(name) << json << QString(reason);
    };
    row("not JSON", "hello", "JSON is broken");
    row("no map", "{}", "no \"weight_map\"");
    row("map is a list", R"({"weight_map":["a"]})", "no \"weight_map\"");
    row("file is a number", R"({"weight_map":{"a":1}})", "tensor \"a\" holds a number");
    row("file is a list", R"({"weight_map":{"a":["f"]}})", "tensor \"a\" holds a list");
    row("path upwards", R"({"weight_map":{"a":"../f.safetensors"}})",
        "tensor \"a\" is in the file \"../f.safetensors\"");
    row("absolute path", R"({"weight_map":{"a":"/etc/passwd"}})", "not a plain file name");
    row("parent", R"({"weight_map":{"a":".."}})", "not a plain file name");
    row("zero in the name", "{\"weight_map\":{\"a\":\"f\\u0000.safetensors\"}}", "not a plain file name");
    row("same tensor twice", R"({"weight_map":{"a":"f","a":"g"}})", "tensor \"a\" occurs twice");
    row("two maps", R"({"weight_map":{"a":"f"},"weight_map":{"a":"f"}})", "two weight maps");
    row("500 deep", "{\"x\":" + QByteArray(500, '[') + QByteArray(500, ']') + "}", "nested too deep");
    row("a million deep", "{\"x\":" + QByteArray(1'000'000, '['), "nested too deep");
    row("top is a list", "[1,2]", "it holds a list");
    row("top is a text", "\"x\"", "it holds a text");
}

void TestSafetensors::badIndexesAreRefusedByName()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, reason);
    put("index/model.safetensors.index.json", json);
    QElapsedTimer timer;
    timer.start();
    const auto folder = SafetensorsFile::open(m_folder.filePath("index").toStdString());
    QVERIFY(timer.elapsed() < 1000);
    QVERIFY(!folder);
    QVERIFY2(said(folder.error()).contains(reason), qPrintable(said(folder.error())));
}

void TestSafetensors::shardsMustKeepTheIndexsPromises()
{
    const auto open = [&] { return SafetensorsFile::open(m_folder.filePath("promise").toStdString()); };
    put("promise/model.safetensors.index.json",
        R"({"weight_map":{"v":"one.safetensors","w":"one.safetensors"}})");
    const auto missing = open();
    QVERIFY(!missing && missing.error().code == ErrorCode::NotFound &&
            said(missing.error()).contains("one.safetensors"));
    put("promise/one.safetensors", file(tensor("U8", "[1]", "[0,1]"), 1));
    const auto incomplete = open();
    QVERIFY(!incomplete && said(incomplete.error()).contains("\"v\""));
    put("promise/one.safetensors", file(tensor("U8", "[2]", "[0,1]"), 1));
    const auto broken = open();
    QVERIFY(!broken && said(broken.error()).contains("one.safetensors is not a valid"));
}

void TestSafetensors::memoryStayedSmall()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitiser's own memory would be counted");
#endif
    rusage usage{};
    QVERIFY(getrusage(RUSAGE_SELF, &usage) == 0);
    QVERIFY2(usage.ru_maxrss < 200 * 1024, qPrintable(QString::number(usage.ru_maxrss)));
}

QTEST_GUILESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
