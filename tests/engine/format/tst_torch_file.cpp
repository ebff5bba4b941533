// Pickled float tensors: read without running anything; whatever asks for more is refused by name.
#include "engine/format/torch_file.h"
#include "tests/support/torch_bytes.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <random>

using namespace lectern;
using namespace lectern::test;

namespace {

QByteArray floats(int count)
{
    QByteArray bytes;
    for (int i = 0; i < count; ++i)
        bytes += rawBytes(float(i));
    return bytes;
}

const QByteArray kPlainPickle =
    pickledDict({{"w", pickledTensor("0", 6, 0, {2, 3}, {3, 1})}, {"v", pickledTensor("1", 8, 4, {4}, {1})}});

ZipEntries entriesOf(const QByteArray& pickle)
{
    return {{"archive/data.pkl", pickle},
            {"archive/byteorder", "little"},
            {"archive/data/0", floats(6)},
            {"archive/data/1", floats(8)},
            {"archive/version", "3\n"}};
}

Result<std::vector<TensorEntry>> parsed(const QByteArray& bytes)
{
    const std::vector<char> copy(bytes.begin(), bytes.end()); // of exact size, for sanitisers
    return parseTorchFile(std::as_bytes(std::span(copy)), "adapter_model.bin");
}

QByteArray withTensor(const QByteArray& tensor)
{
    return storedZip(entriesOf(pickledDict({{"w", tensor}})));
}

} // namespace

class TestTorchFile : public QObject {
    Q_OBJECT

private slots:
    void tensorsAreRead();
    void attributesAndMemoAreUnderstood();
    void badFilesAreRefusedByName_data();
    void badFilesAreRefusedByName();
    void sharedTuplesDoNotExplode();
    void truncationsAndFlipsNeverBreakOut();
};

void TestTorchFile::tensorsAreRead()
{
    QTemporaryDir folder;
    QFile out(folder.filePath("adapter_model.bin"));
    QVERIFY(out.open(QIODevice::WriteOnly) && out.write(storedZip(entriesOf(kPlainPickle))) > 0);
    out.close();
    const auto file = TorchFile::open(out.fileName().toStdString());
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    const auto& tensors = (*file)->tensors();
    QCOMPARE(tensors.size(), std::size_t{2});
    QCOMPARE(tensors[0].name, std::string("v"));
    QVERIFY((tensors[1].shape == std::array<std::uint64_t, 4>{3, 2, 1, 1}));
    float value = 0;
    std::memcpy(&value, tensors[0].data, 4);
    QCOMPARE(value, 4.0f); // the view starts at element 4
    std::memcpy(&value, tensors[1].data + 20, 4);
    QCOMPARE(value, 5.0f);
}

// An OrderedDict filled item by item, with the _metadata that state_dict() leaves, as torch's own files have.
void TestTorchFile::attributesAndMemoAreUnderstood()
{
    const QByteArray pickle = "\x80\x02"
                              "ccollections\nOrderedDict\nq\1)Rq\2" +
                              pickledText("a") + "q\3" + pickledTensor("0", 6, 0, {6}, {1}) + "s}" +
                              pickledText("_metadata") + "h\1)R" + pickledText("") + "}" +
                              pickledText("version") + "K\1sssb.";
    const auto tensors = parsed(storedZip(entriesOf(pickle)));
    QVERIFY2(tensors, tensors ? "" : tensors.error().message.c_str());
    QCOMPARE(tensors->size(), std::size_t{1});
    QCOMPARE(tensors->front().elements(), std::uint64_t{6});
}

void TestTorchFile::badFilesAreRefusedByName_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* name, const QByteArray& bytes, const char* reason) {
        QTest::newRow(name) << bytes << QString(reason);
    };
    const auto pickle = [](const QByteArray& code) { return storedZip(entriesOf(code)); };
    row("empty", {}, "not an archive");
    row("old format", QByteArray("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.", 15), "not an archive");
    row("zip without end", "PK\3\4" + QByteArray(100, '\0'), "no table of contents");
    row("zip without pickle", storedZip({{"a/b", "c"}}), "holds no data.pkl");
    row("compressed", storedZip(entriesOf(kPlainPickle), 8), "is compressed or encrypted");
    row("entry twice", storedZip({{"a/data.pkl", "."}, {"a/data.pkl", "."}}), "\"a/data.pkl\" occurs twice");
    row("big-endian", storedZip({{"a/data.pkl", kPlainPickle}, {"a/byteorder", "big"}}), "other byte order");
    row("os.system",
        pickle("\x80\x02"
               "cos\nsystem\n" +
               pickledText("id") + "\x85R."),
        "\"os.system\"");
    row("eval",
        pickle("\x80\x02"
               "cbuiltins\neval\n."),
        "\"builtins.eval\"");
    row("posix by protocol 0", pickle("cposix\nsystem\n(S'id'\ntR."), "\"posix.system\"");
    row("other storage",
        pickle("\x80\x02"
               "ctorch\nHalfStorage\n."),
        "\"torch.HalfStorage\"");
    row("name of a name",
        pickle("\x80\x02"
               "ctorch._utils\n_rebuild_tensor_v2.__globals__\n."),
        "__globals__");
    row("stack global", pickle("\x80\x04\x8c\2os\x8c\6system\x93."), "opcode 140");
    row("inst", pickle("\x80\x02(ios\nsystem\n."), "opcode 105");
    row("endless name", pickle("c" + QByteArray(5000, 'a')), "broken name");
    row("nothing", pickle("."), "ends without a result");
    row("no stop", pickle("\x80\x02}"), "ends too early");
    row("a list", pickle("\x80\x02]."), "does not hold a dictionary");
    row("number as key", pickle("\x80\x02}K\1K\2s."), "a key of its dictionary is not a text");
    row("number as value", pickle("\x80\x02}" + pickledText("w") + "K\2s."), "\"w\" is not a float32 tensor");
    row("pop from nothing", pickle("\x80\x02s."), "takes more than there is");
    row("pop past a mark", pickle("\x80\x02}K\1(K\2s."), "takes more than there is");
    row("call a number", pickle("\x80\x02K\1)R."), "can not be called");
    row("call a dictionary with arguments",
        pickle("\x80\x02"
               "ccollections\nOrderedDict\nK\1\x85R."),
        "from arguments");
    row("unknown memo", pickle("\x80\x02h\7."), "never stored");
    row("dictionary in itself", pickle("\x80\x02}q\1" + pickledText("w") + "h\1s."),
        "\"w\" is not a float32 tensor");
    row("long number", pickle("\x80\x02\x8a\x09" + QByteArray(9, '\1') + "."), "more than 64 bits");
    row("text past the end", pickle("\x80\x02X\xff\xff\xff\xff."), "text that is too long");
    row("absent storage", withTensor(pickledTensor("7", 6, 0, {6}, {1})), "\"w\" has no data");
    row("storage upwards", withTensor(pickledTensor("../../x", 6, 0, {6}, {1})), "\"w\" has no data");
    row("past the storage", withTensor(pickledTensor("0", 6, 1, {6}, {1})), "\"w\" reaches past");
    row("storage that lies", withTensor(pickledTensor("0", 1000, 0, {1000}, {1})), "\"w\" reaches past");
    row("negative size", withTensor(pickledTensor("0", 6, 0, {-6}, {1})), "\"w\" is not a float32 tensor");
    row("negative offset", withTensor(pickledTensor("0", 6, -1, {6}, {1})), "\"w\" is not a float32 tensor");
    row("size that wraps", withTensor(pickledTensor("0", 6, 0, {1 << 30, 1 << 30, 1 << 30}, {0, 0, 1})),
        "\"w\"");
    row("five dimensions", withTensor(pickledTensor("0", 6, 0, {1, 1, 1, 1, 6}, {6, 6, 6, 6, 1})),
        "more than 4 dimensions");
    row("strides missing", withTensor(pickledTensor("0", 6, 0, {2, 3}, {1})),
        "\"w\" is not a float32 tensor");
    row("transposed", withTensor(pickledTensor("0", 6, 0, {3, 2}, {1, 3})), "\"w\" is a transposed view");
    row("same name twice",
        storedZip(entriesOf(pickledDict(
            {{"w", pickledTensor("0", 6, 0, {6}, {1})}, {"w", pickledTensor("0", 6, 0, {6}, {1})}}))),
        "\"w\" occurs twice");
}

void TestTorchFile::badFilesAreRefusedByName()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, reason);
    QElapsedTimer timer;
    timer.start();
    const auto tensors = parsed(bytes);
    QVERIFY(timer.elapsed() < 1000);
    QVERIFY(!tensors);
    const QString message = QString::fromStdString(tensors.error().message);
    QVERIFY2(message.contains(reason) && message.contains("adapter_model.bin"), qPrintable(message));
}

// Many references to one long tuple, which a careless reader copies each time.
void TestTorchFile::sharedTuplesDoNotExplode()
{
    QByteArray pickle = "\x80\x02(" + QByteArray(200'000, 'N') + "tq\1ctorch._utils\n_rebuild_tensor_v2\nq\2";
    for (int i = 0; i < 100'000; ++i)
        pickle += "h\2h\1R";
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!parsed(storedZip(entriesOf(pickle + "."))));
    QVERIFY(timer.elapsed() < 1000);
}

void TestTorchFile::truncationsAndFlipsNeverBreakOut()
{
    const QByteArray whole = storedZip(entriesOf(kPlainPickle));
    QVERIFY(parsed(whole));
    for (int size = 0; size < whole.size(); ++size)
        QVERIFY(!parsed(whole.left(size)));
    std::mt19937 random(3);
    for (int round = 0; round < 5000; ++round) {
        QByteArray bytes = whole;
        for (unsigned flips = 1 + random() % 3; flips > 0; --flips)
            bytes[int(random() % unsigned(bytes.size()))] = static_cast<char>(random());
        const auto tensors = parsed(bytes);
        QVERIFY(tensors || !tensors.error().message.empty());
    }
}

QTEST_GUILESS_MAIN(TestTorchFile)
#include "tst_torch_file.moc"
