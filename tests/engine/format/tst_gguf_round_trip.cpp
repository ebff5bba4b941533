// What GgufWriter writes, GgufFile reads back: values of every type, tensors, split parts, and models in use.
#include "engine/format/gguf_file.h"
#include "engine/format/gguf_writer.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cstring>

using namespace lectern;

namespace {

std::vector<std::byte> someBytes(std::size_t count, unsigned seed)
{
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i)
        bytes[i] = static_cast<std::byte>((seed = seed * 1664525u + 1013904223u) >> 24);
    return bytes;
}

QString said(const Error& error)
{
    return QString::fromStdString(error.message);
}

} // namespace

class TestGgufRoundTrip : public QObject {
    Q_OBJECT

private slots:
    void valuesOfEveryTypeComeBack();
    void usualTypesAreThoseOfPublishedModels();
    void valuesThatDoNotFitAreRefused();
    void tensorsComeBack();
    void aShortProducerLeavesTheOldFile();
    void splitModelOpensFromPartOne();
    void missingPartIsNamed();
    void truncatedWhileOpenIsNoticed();
    void fourGigabytesOpenAtOnce();
    void modelsInUseOpen();

private:
    std::string path(const char* name) const
    {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }
    Status writePart(const std::string& path, std::uint64_t part, std::uint64_t count,
                     const std::string& tensor, const std::vector<std::byte>& bytes) const;

    QTemporaryDir m_folder;
};

void TestGgufRoundTrip::valuesOfEveryTypeComeBack()
{
    const std::vector<std::pair<MetaValue, GgufValueType>> values{
        {std::uint64_t{200}, GgufValueType::U8},
        {std::int64_t{-100}, GgufValueType::I8},
        {std::uint64_t{60000}, GgufValueType::U16},
        {std::int64_t{-30000}, GgufValueType::I16},
        {std::uint64_t{4000000000}, GgufValueType::U32},
        {std::int64_t{-2000000000}, GgufValueType::I32},
        {~std::uint64_t{0}, GgufValueType::U64},
        {std::numeric_limits<std::int64_t>::min(), GgufValueType::I64},
        {1.5, GgufValueType::F32},
        {0.1, GgufValueType::F64},
        {true, GgufValueType::Bool},
        {std::string("größer\0als", 12), GgufValueType::Text},
        {std::string(), GgufValueType::Text},
        {std::vector<bool>{true, false, true}, GgufValueType::Bool},
        {std::vector<std::uint64_t>{1, 2, 255}, GgufValueType::U8},
        {std::vector<std::int64_t>{-1, 2, -128}, GgufValueType::I8},
        {std::vector<float>{0.1f, -2.5f}, GgufValueType::F32},
        {std::vector<double>{0.1, -2.5}, GgufValueType::F64},
        {std::vector<std::string>{"a", "", "ccc"}, GgufValueType::Text},
        {std::vector<std::string>{}, GgufValueType::Text},
    };
    GgufWriter writer;
    for (std::size_t i = 0; i < values.size(); ++i)
        QVERIFY(writer.add("key." + std::to_string(i), values[i].first, values[i].second));
    const Status written = writer.write(path("values.gguf"));
    QVERIFY2(written, written ? "" : qPrintable(said(written.error())));

    const auto file = GgufFile::open(path("values.gguf"));
    QVERIFY2(file, file ? "" : qPrintable(said(file.error())));
    QCOMPARE((*file)->version(), 3u);
    QCOMPARE((*file)->metadata().entries().size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const MetaValue* value = (*file)->metadata().find("key." + std::to_string(i));
        QVERIFY(value);
        QVERIFY2(*value == values[i].first, qPrintable(QString::number(i)));
    }
}

void TestGgufRoundTrip::usualTypesAreThoseOfPublishedModels()
{
    GgufWriter writer;
    QVERIFY(writer.add("small", std::uint64_t{7}));
    QVERIFY(writer.add("large", std::uint64_t{1} << 40));
    QVERIFY(writer.add("real", 0.1));
    QVERIFY(writer.write(path("usual.gguf")));
    QFile raw(QString::fromStdString(path("usual.gguf")));
    QVERIFY(raw.open(QIODevice::ReadOnly));
    const QByteArray bytes = raw.readAll();
    const auto typeOf = [&](const char* key) {
        std::uint32_t type = 0;
        std::memcpy(&type, bytes.constData() + bytes.indexOf(key) + static_cast<int>(strlen(key)),
                    sizeof type);
        return static_cast<GgufValueType>(type);
    };
    QVERIFY(typeOf("small") == GgufValueType::U32);
    QVERIFY(typeOf("large") == GgufValueType::U64);
    QVERIFY(typeOf("real") == GgufValueType::F32);
}

void TestGgufRoundTrip::valuesThatDoNotFitAreRefused()
{
    GgufWriter writer;
    QVERIFY(!writer.add("a", std::uint64_t{256}, GgufValueType::U8));
    QVERIFY(!writer.add("b", std::int64_t{-1}, GgufValueType::U32));
    QVERIFY(!writer.add("c", std::string("text"), GgufValueType::U32));
    QVERIFY(!writer.add("d", true, GgufValueType::U8));
    QVERIFY(!writer.add("e", 1.0, GgufValueType::I32));
    QVERIFY(!writer.add("", 1.0));
    QVERIFY(writer.add("twice", 1.0));
    QVERIFY(!writer.add("twice", 1.0));
    const auto bytes = someBytes(64, 1);
    QVERIFY(!writer.addTensor("rows", TensorType::Q8_0, {31, 2}, bytes));
    QVERIFY(!writer.addTensor("five", TensorType::F32, {1, 1, 1, 1, 1}, bytes));
    QVERIFY(!writer.addTensor("", TensorType::F32, {16}, bytes));
    QVERIFY(writer.addTensor("good", TensorType::F32, {16}, bytes));
    QVERIFY(!writer.addTensor("good", TensorType::F32, {16}, bytes));
}

void TestGgufRoundTrip::tensorsComeBack()
{
    const auto weights = someBytes(34 * 3, 7);
    GgufWriter writer;
    QVERIFY(writer.addTensor("q", TensorType::Q8_0, {32, 3}, weights));
    QVERIFY(writer.addTensorOwned("bias", TensorType::F32, {5}, someBytes(20, 8)));
    QVERIFY(
        writer.addTensor("stream", TensorType::F16, {1 << 20}, [](const GgufWriter::Sink& sink) -> Status {
            const auto piece = someBytes(1 << 19, 9);
            for (int i = 0; i < 4; ++i)
                if (Status status = sink(piece); !status)
                    return status;
            return {};
        }));
    QVERIFY(writer.write(path("tensors.gguf")));
    QVERIFY(!QFile::exists(QString::fromStdString(path("tensors.gguf.tmp"))));

    const auto file = GgufFile::open(path("tensors.gguf"));
    QVERIFY2(file, file ? "" : qPrintable(said(file.error())));
    QCOMPARE((*file)->tensors().size(), std::size_t{3});
    const TensorEntry* q = (*file)->find("q");
    QVERIFY(q);
    QVERIFY(q->type == TensorType::Q8_0);
    QVERIFY((q->shape == std::array<std::uint64_t, 4>{32, 3, 1, 1}));
    QCOMPARE(q->bytes, std::uint64_t{34 * 3});
    QVERIFY(std::memcmp(q->data, weights.data(), weights.size()) == 0);
    const TensorEntry* stream = (*file)->find("stream");
    QVERIFY(stream && std::memcmp(stream->data + (3 << 19), someBytes(1 << 19, 9).data(), 1 << 19) == 0);
    QVERIFY(!(*file)->find("absent"));
    QCOMPARE((*file)->fileBytes(), std::uint64_t(QFile(QString::fromStdString(path("tensors.gguf"))).size()));
}

void TestGgufRoundTrip::aShortProducerLeavesTheOldFile()
{
    const std::string target = path("kept.gguf");
    GgufWriter good;
    QVERIFY(good.add("which", std::string("old")));
    QVERIFY(good.write(target));

    GgufWriter bad;
    QVERIFY(bad.add("which", std::string("new")));
    QVERIFY(bad.addTensor("t", TensorType::F32, {100},
                          [](const GgufWriter::Sink& sink) { return sink(someBytes(12, 1)); }));
    const Status written = bad.write(target);
    QVERIFY(!written);
    QVERIFY2(said(written.error()).contains("\"t\""), qPrintable(said(written.error())));
    QVERIFY(!QFile::exists(QString::fromStdString(target + ".tmp")));
    const auto file = GgufFile::open(target);
    QVERIFY(file);
    QCOMPARE(*(*file)->metadata().textOr("which", ""), std::string("old"));
}

Status TestGgufRoundTrip::writePart(const std::string& path, std::uint64_t part, std::uint64_t count,
                                    const std::string& tensor, const std::vector<std::byte>& bytes) const
{
    GgufWriter writer;
    const Status added[] = {writer.add("split.no", part, GgufValueType::U16),
                            writer.add("split.count", count, GgufValueType::U16),
                            writer.add("split.tensors.count", std::int64_t(count)),
                            writer.addTensor(tensor, TensorType::F32, {bytes.size() / 4}, bytes)};
    for (const Status& status : added)
        if (!status)
            return status;
    return writer.write(path);
}

void TestGgufRoundTrip::splitModelOpensFromPartOne()
{
    const auto first = someBytes(64, 1), second = someBytes(128, 2), third = someBytes(4, 3);
    QVERIFY(writePart(path("s-00001-of-00003.gguf"), 0, 3, "b", first));
    QVERIFY(writePart(path("s-00002-of-00003.gguf"), 1, 3, "c", second));
    QVERIFY(writePart(path("s-00003-of-00003.gguf"), 2, 3, "a", third));
    const auto file = GgufFile::open(path("s-00001-of-00003.gguf"));
    QVERIFY2(file, file ? "" : qPrintable(said(file.error())));
    QCOMPARE((*file)->tensors().size(), std::size_t{3});
    QVERIFY(std::memcmp((*file)->find("c")->data, second.data(), second.size()) == 0);
    QVERIFY(std::memcmp((*file)->find("a")->data, third.data(), third.size()) == 0);

    const auto wrong = GgufFile::open(path("s-00002-of-00003.gguf"));
    QVERIFY(!wrong);
    QVERIFY2(said(wrong.error()).contains("part 2"), qPrintable(said(wrong.error())));

    QVERIFY(writePart(path("s-00003-of-00003.gguf"), 2, 3, "b", third));
    const auto twice = GgufFile::open(path("s-00001-of-00003.gguf"));
    QVERIFY(!twice);
    QVERIFY2(said(twice.error()).contains("\"b\""), qPrintable(said(twice.error())));
}

void TestGgufRoundTrip::missingPartIsNamed()
{
    QVERIFY(writePart(path("m-00001-of-00002.gguf"), 0, 2, "b", someBytes(64, 1)));
    const auto file = GgufFile::open(path("m-00001-of-00002.gguf"));
    QVERIFY(!file);
    QVERIFY(file.error().code == ErrorCode::NotFound);
    QVERIFY2(said(file.error()).contains("m-00002-of-00002.gguf"), qPrintable(said(file.error())));

    QVERIFY(writePart(path("unnamed.gguf"), 0, 2, "b", someBytes(64, 1)));
    QVERIFY(!GgufFile::open(path("unnamed.gguf")));
}

void TestGgufRoundTrip::truncatedWhileOpenIsNoticed()
{
    const auto bytes = someBytes(4096, 1);
    GgufWriter writer;
    QVERIFY(writer.addTensor("t", TensorType::F32, {1024}, bytes));
    QVERIFY(writer.write(path("cut.gguf")));
    const auto file = GgufFile::open(path("cut.gguf"));
    QVERIFY(file && (*file)->stillIntact());
    QVERIFY(QFile::resize(QString::fromStdString(path("cut.gguf")), 100));
    QVERIFY(!(*file)->stillIntact());
}

// A sparse file: the bytes of the tensor are a hole, so the test costs no disk.
void TestGgufRoundTrip::fourGigabytesOpenAtOnce()
{
    const std::uint64_t elements = std::uint64_t{1} << 30;
    GgufWriter small;
    std::vector<std::string> words;
    for (int i = 0; i < 130000; ++i)
        words.push_back("word" + std::to_string(i));
    QVERIFY(small.add("tokenizer.ggml.tokens", words));
    QVERIFY(small.addTensorOwned("t", TensorType::F32, {4}, someBytes(16, 1)));
    QVERIFY(small.write(path("large.gguf")));
    QFile raw(QString::fromStdString(path("large.gguf")));
    QVERIFY(raw.open(QIODevice::ReadWrite));
    // The tensor's record ends the header: name, 1 dimension, extent, type, offset; then padding and 32 bytes
    // of data.
    const QByteArray bytes = raw.readAll();
    const QByteArray record("t\1\0\0\0", 5);
    const qint64 extentAt = bytes.lastIndexOf(record) + record.size();
    raw.seek(extentAt);
    raw.write(reinterpret_cast<const char*>(&elements), 8);
    if (!raw.resize(raw.size() + qint64(elements) * 4))
        QSKIP("the file system keeps no sparse files of 4 GB");
    raw.close();

    QElapsedTimer timer;
    timer.start();
    const auto file = GgufFile::open(path("large.gguf"));
    const qint64 spent = timer.elapsed();
    QVERIFY2(file, file ? "" : qPrintable(said(file.error())));
    QCOMPARE((*file)->find("t")->bytes, elements * 4);
    QVERIFY2(spent < 1000, qPrintable(QString::number(spent)));
}

void TestGgufRoundTrip::modelsInUseOpen()
{
    QDir folder(qEnvironmentVariable("LECTERN_SHARED", LECTERN_SOURCE_DIR "/../shared") + "/models");
    const QStringList names = folder.entryList({"*.gguf"});
    if (names.isEmpty())
        QSKIP("no model files are at hand");
    for (const QString& name : names) {
        const auto file = GgufFile::open(folder.filePath(name).toStdString());
        QVERIFY2(file, file ? "" : qPrintable(said(file.error())));
        QVERIFY((*file)->find("token_embd.weight"));
        QCOMPARE(*(*file)->metadata().textOr("general.architecture", ""), std::string("llama"));
    }
}

QTEST_GUILESS_MAIN(TestGgufRoundTrip)
#include "tst_gguf_round_trip.moc"
