// Every architecture with every type of weights that can be written: the logits of a float64 forward pass
// through the same dequantised weights; and F32 weights with an f32 cache, where nothing is rounded to
// halves. And against the logits of another engine on the same files (tests/golden/quantised.json).
#include "engine/quant/quant_types.h"
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

// Activations keep 22 bits; another engine that keeps 8 is about 2e-2 away.
constexpr double kQuantised = 1e-3;
constexpr double kFloats = 1e-4;
constexpr int kPeerToken = 79; // after which the other engine's logits are kept

template <typename Row> auto argmax(const Row& row)
{
    return std::max_element(row.begin(), row.end()) - row.begin();
}

std::vector<std::vector<float>> floatLogits(const ModelFixture& fixture,
                                            const std::vector<std::int32_t>& tokens,
                                            const std::vector<int>& chunks)
{
    return modelLogits(fixture.model(), fixture.plan("full"), tokens, chunks, 2, KvType::F32);
}

// The other engine rounds activations to 8 bits; how far that took it from the float64 pass is kept beside
// its logits. We are no farther from it than that. "" or what is wrong.
QString differenceFromPeer(const std::vector<float>& got, const QJsonObject& peer)
{
    std::vector<double> wanted;
    for (const QJsonValue& value : peer["logits"].toArray())
        wanted.push_back(value.toDouble());
    if (wanted.size() != got.size())
        return "no golden logits";
    const double error = normError(got.data(), wanted);
    if (!(error <= 1.02 * peer["distance"].toDouble() + kQuantised))
        return QString("%1 from the other engine").arg(error);
    double largest = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
        largest = std::max(largest, std::abs(got[i] - wanted[i]));
    std::vector<double> sorted = wanted;
    std::nth_element(sorted.begin(), sorted.begin() + 1, sorted.end(), std::greater<>());
    const bool clear = sorted[0] - sorted[1] > 3 * largest;
    return clear && argmax(got) != argmax(wanted) ? "another token is the likeliest" : QString();
}

} // namespace

class TestQuantisedModels : public QObject {
    Q_OBJECT

private slots:
    void everyType_data();
    void everyType();
    void floatsWithAFloatCache_data();
    void floatsWithAFloatCache();
};

void TestQuantisedModels::everyType_data()
{
    QTest::addColumn<QString>("name");
    for (const std::string& name : randomArchitectureNames())
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

void TestQuantisedModels::everyType()
{
    QFETCH(QString, name);
    QFile file(LECTERN_SOURCE_DIR "/tests/golden/quantised.json");
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QJsonObject golden = QJsonDocument::fromJson(file.readAll()).object()[name].toObject();
    auto tokens = randomTokens(kGoldenTokens, kGoldenVocabulary, kGoldenTokenSeed);
    tokens.resize(kPeerToken + 1);
    const std::span beginning(tokens.data(), 12); // of which float64 logits are worked out
    for (const QuantType& type : quantTypes()) {
        if (!type.packRow)
            continue;
        const QString typeName = tensorTypeInfo(type.type)->name.data();
        const bool blocks = tensorTypeInfo(type.type)->blockElements > 1;
        const ModelFixture fixture(
            randomArchitecture(name.toStdString(), type.type, kGoldenSeed,
                               blocks ? ArchitectureWidth::Wide : ArchitectureWidth::Small));
        QVERIFY2(fixture.error().empty(), fixture.error().c_str());
        // Tiles of many tokens, products of few, and of one.
        auto got = floatLogits(fixture, tokens, {8, 3, 1, kPeerToken - 12, 1});
        const std::vector<float> last = got.back();
        got.resize(beginning.size());
        const auto wanted = referenceLogits(fixture.reference(), beginning, causal, CachedNumbers::Exact);
        const RowErrors errors = rowErrors(got, wanted);
        QVERIFY2(errors.worst <= kQuantised, qPrintable(QString("%1: %2").arg(typeName).arg(errors.worst)));
        QCOMPARE(argmax(got.back()), argmax(wanted.back()));
        if (type.type != TensorType::F32 && type.type != TensorType::F16) { // those: tst_architectures
            const QString wrong = differenceFromPeer(last, golden[typeName].toObject());
            QVERIFY2(wrong.isEmpty(), qPrintable(typeName + ": " + wrong));
        }
    }
}

void TestQuantisedModels::floatsWithAFloatCache_data()
{
    everyType_data();
}

void TestQuantisedModels::floatsWithAFloatCache()
{
    QFETCH(QString, name);
    const ModelFixture fixture(randomArchitecture(name.toStdString(), TensorType::F32, 7));
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const auto tokens = randomTokens(100, kGoldenVocabulary, 9);
    const RowErrors errors =
        rowErrors(floatLogits(fixture, tokens, {90, 9, 1}),
                  referenceLogits(fixture.reference(), tokens, causal, CachedNumbers::Exact));
    QVERIFY2(errors.worst <= kFloats, qPrintable(QString::number(errors.worst)));
}

QTEST_GUILESS_MAIN(TestQuantisedModels)
#include "tst_quantised_models.moc"
