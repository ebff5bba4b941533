// Every architecture on random weights: against a float64 forward pass, and against the logits of another
// engine on the same file, kept in tests/golden (each file says how it was made).
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"
#include "tests/support/reference_attention.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <algorithm>

using namespace lectern;
using namespace lectern::test;

namespace {

// Both sides round keys and values to f16; one that lies near the middle of two halves may go the other way.
constexpr double kMedian = 1e-4, kWorst = 1e-3;
constexpr double kFloats = 5e-6;
// The other engine keeps keys in f32, and takes GELU of f16 weights from a table of halves.
constexpr double kPeer = 2e-3;

QJsonObject golden(const QString& name)
{
    const QString folder = qEnvironmentVariable("LECTERN_GOLDEN", LECTERN_SOURCE_DIR "/tests/golden");
    QFile file(folder + "/" + name + ".json");
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

std::vector<double> numbers(const QJsonValue& list)
{
    std::vector<double> values;
    for (const QJsonValue& value : list.toArray())
        values.push_back(value.toDouble());
    return values;
}

// The same model with values that are all 0: without cached numbers that count, floats alone are rounded.
RandomGguf withoutValues(RandomGguf file)
{
    for (std::size_t i = 0; i < file.reference.layers.size(); ++i) {
        ReferenceLayer& layer = file.reference.layers[i];
        const std::string name = "blk." + std::to_string(i) + ".";
        const bool fused = file.tensors.count(name + "attn_qkv.weight") != 0;
        std::vector<std::byte>& bytes =
            file.tensors[name + (fused ? "attn_qkv.weight" : "attn_v.weight")].bytes;
        std::fill(bytes.end() - std::ptrdiff_t(layer.value.size() * sizeof(float)), bytes.end(),
                  std::byte{0});
        std::fill(layer.value.begin(), layer.value.end(), 0.0);
        layer.valueBias.clear();
        file.tensors.erase(name + "attn_v.bias");
    }
    return file;
}

// The difference of the two largest.
double topGap(std::vector<double> row)
{
    std::nth_element(row.begin(), row.begin() + 1, row.end(), std::greater<>());
    return row[0] - row[1];
}

template <typename Row> auto argmax(const Row& row)
{
    return std::max_element(row.begin(), row.end()) - row.begin();
}

} // namespace

class TestArchitectures : public QObject {
    Q_OBJECT

private slots:
    void logits_data();
    void logits();
    void floatsAreExact_data() { everyTensorIsNeeded_data(); }
    void floatsAreExact();
    void everyTensorIsNeeded_data();
    void everyTensorIsNeeded();
    void windowsArePartOfEveryPlan_data();
    void windowsArePartOfEveryPlan();
    void windowPatterns();
    void wrongWindowsAreNamed();
};

void TestArchitectures::logits_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("type");
    for (const std::string& name : randomArchitectureNames())
        for (const char* type : {"F32", "F16"})
            QTest::addRow("%s %s", name.c_str(), type) << QString::fromStdString(name) << type;
}

void TestArchitectures::logits()
{
    QFETCH(QString, name);
    QFETCH(QString, type);
    const ModelFixture fixture(
        randomArchitecture(name.toStdString(), *tensorTypeByName(type.toStdString()), kGoldenSeed));
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const auto tokens = randomTokens(kGoldenTokens, kGoldenVocabulary, kGoldenTokenSeed);
    const auto rows = fixture.logits(fixture.plan("full"), tokens, {120, 150, 28, 1, 1});
    QCOMPARE(int(rows.size()), kGoldenTokens);

    const RowErrors errors = rowErrors(rows, referenceLogits(fixture.reference(), tokens, causal));
    const QString told = QString("float64: median %1, worst %2").arg(errors.median).arg(errors.worst);
    QVERIFY2(errors.median <= kMedian && errors.worst <= kWorst, qPrintable(told));

    const QJsonObject wanted = golden(name)["logits"][type].toObject();
    QVERIFY(wanted.size() >= 5);
    double worst = 0;
    for (auto row = wanted.begin(); row != wanted.end(); ++row) {
        const std::vector<float>& got = rows.at(std::size_t(row.key().toInt()));
        const std::vector<double> peer = numbers(row.value());
        QCOMPARE(peer.size(), got.size());
        const double error = normError(got.data(), peer);
        QVERIFY2(error <= kPeer, qPrintable(QString("token %1: %2; ").arg(row.key()).arg(error) + told));
        worst = std::max(worst, error);
        double largest = 0;
        for (std::size_t i = 0; i < got.size(); ++i)
            largest = std::max(largest, std::abs(got[i] - peer[i]));
        if (topGap(peer) > 3 * largest)
            QCOMPARE(argmax(got), argmax(peer));
    }
    if (qEnvironmentVariableIsSet("LECTERN_GOLDEN"))
        qInfo() << qPrintable(told) << "peer: worst" << worst << "of" << wanted.size();
}

void TestArchitectures::floatsAreExact()
{
    QFETCH(QString, name);
    const ModelFixture fixture(withoutValues(randomArchitecture(name.toStdString(), TensorType::F32, 4)));
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const auto tokens = randomTokens(80, kGoldenVocabulary, 5);
    const RowErrors errors = rowErrors(fixture.logits(fixture.plan("full"), tokens, {60, 19, 1}),
                                       referenceLogits(fixture.reference(), tokens, causal));
    const QString told = QString("median %1, worst %2").arg(errors.median).arg(errors.worst);
    QVERIFY2(errors.worst <= kFloats, qPrintable(told));
}

void TestArchitectures::everyTensorIsNeeded_data()
{
    QTest::addColumn<QString>("name");
    for (const std::string& name : randomArchitectureNames())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

// Each matrix or norm that is missing, or has one row more, is named. Biases and factors may be missing.
void TestArchitectures::everyTensorIsNeeded()
{
    QFETCH(QString, name);
    const RandomGguf whole = randomArchitecture(name.toStdString(), TensorType::F32, 3);
    QTemporaryDir folder;
    const std::string path = folder.filePath("model.gguf").toStdString();
    for (const auto& [tensor, contents] : whole.tensors) {
        const bool optional =
            tensor.ends_with(".bias") || tensor.starts_with("rope_") || tensor == "output.weight";
        const bool repeated = tensor.starts_with("blk.") && !tensor.starts_with("blk.0.");
        if (repeated)
            continue;
        RandomGguf file = whole;
        file.tensors[tensor].shape.back() += 1;
        file.tensors[tensor].bytes.resize(contents.bytes.size() / contents.shape.back() *
                                          (contents.shape.back() + 1));
        QCOMPARE(file.write(path), std::string());
        auto model = Model::open(path);
        if (tensor != "token_embd.weight") { // which may have any number of rows
            QVERIFY2(!model, tensor.c_str());
            QVERIFY2(model.error().message.find(tensor) != std::string::npos, model.error().message.c_str());
        }
        if (optional)
            continue;
        file.tensors.erase(tensor);
        QCOMPARE(file.write(path), std::string());
        model = Model::open(path);
        QVERIFY2(!model, tensor.c_str());
    }
}

void TestArchitectures::windowsArePartOfEveryPlan_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("period");
    QTest::newRow("gemma2") << "gemma2" << 2;
    QTest::newRow("gemma3") << "gemma3" << 6;
    QTest::newRow("olmo3") << "olmo3" << 4;
}

void TestArchitectures::windowsArePartOfEveryPlan()
{
    QFETCH(QString, name);
    QFETCH(int, period);
    const ModelFixture fixture(randomArchitecture(name.toStdString(), TensorType::F32, 2));
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const LayerPlan full = fixture.plan("full"), sparse = fixture.plan("longgen:full=,sink=8,window=64");
    QCOMPARE(fixture.plan("auto").layers, full.layers);
    for (int layer = 0; layer < full.layerCount(); ++layer) {
        const bool windowed = layer % period < period - 1;
        const std::vector<HeadPattern> window(2, SinkWindowPattern{0, 1, 40});
        const std::vector<HeadPattern> chosen(2, SinkWindowPattern{8, 64, 1});
        QCOMPARE(full.layers[std::size_t(layer)],
                 windowed ? window : std::vector<HeadPattern>(2, FullPattern{}));
        QCOMPARE(sparse.layers[std::size_t(layer)], windowed ? window : chosen);
    }
}

void TestArchitectures::windowPatterns()
{
    const auto windows = [](const MetaValue& pattern) {
        RandomGguf file = randomArchitecture("gemma2", TensorType::F32, 2);
        file.keys["gemma2.attention.sliding_window_pattern"] = pattern;
        const ModelFixture fixture(file);
        return fixture.model() ? fixture.model()->spec().windows : std::vector<std::int64_t>();
    };
    using Windows = std::vector<std::int64_t>;
    QCOMPARE(windows(std::uint64_t(3)), (Windows{40, 40, 0, 40}));
    QCOMPARE(windows(std::uint64_t(1)), (Windows{0, 0, 0, 0}));
    QCOMPARE(windows(std::uint64_t(0)), (Windows{40, 40, 40, 40}));
    QCOMPARE(windows(std::vector<bool>{false, true, true, false}), (Windows{0, 40, 40, 0}));
}

void TestArchitectures::wrongWindowsAreNamed()
{
    const std::pair<const char*, MetaValue> wrong[] = {
        {"gemma3.attention.sliding_window_pattern", std::string("six")},
        {"gemma3.attention.sliding_window_pattern", std::vector<bool>{true, false}},
        {"gemma3.attention.sliding_window", std::uint64_t{1} << 40},
        {"gemma3.attention.sliding_window", -1.5},
        {"gemma3.rope.freq_base_swa", 0.0},
    };
    for (const auto& [key, value] : wrong) {
        RandomGguf file = randomArchitecture("gemma3", TensorType::F32, 2);
        file.keys[key] = value;
        const ModelFixture fixture(file);
        QVERIFY2(fixture.error().find(key) != std::string::npos, fixture.error().c_str());
    }
}

QTEST_GUILESS_MAIN(TestArchitectures)
#include "tst_architectures.moc"
