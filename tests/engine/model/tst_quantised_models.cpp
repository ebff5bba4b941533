// Every architecture with every type of weights that can be written: the logits of a float64 forward pass
// through the same dequantised weights; and F32 weights with an f32 cache, where nothing is rounded to
// halves.
#include "engine/quant/quant_types.h"
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"

#include <QtTest>

#include <algorithm>

using namespace lectern;
using namespace lectern::test;

namespace {

// Activations keep 22 bits; another engine that keeps 8 is about 2e-2 away.
constexpr double kQuantised = 1e-3;
constexpr double kFloats = 1e-4;

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
    const auto tokens =
        randomTokens(name.endsWith("long") || name.endsWith("longrope") ? 70 : 12, kGoldenVocabulary, 9);
    for (const QuantType& type : quantTypes()) {
        if (!type.packRow)
            continue;
        const ModelFixture fixture(
            randomArchitecture(name.toStdString(), type.type, 5, ArchitectureWidth::Wide));
        QVERIFY2(fixture.error().empty(), fixture.error().c_str());
        // Tiles of many tokens, products of few, and of one.
        const auto got = floatLogits(fixture, tokens, {int(tokens.size()) - 4, 3, 1});
        const auto wanted = referenceLogits(fixture.reference(), tokens, causal, CachedNumbers::Exact);
        const RowErrors errors = rowErrors(got, wanted);
        QVERIFY2(errors.worst <= kQuantised,
                 qPrintable(QString("%1: %2").arg(tensorTypeInfo(type.type)->name.data()).arg(errors.worst)));
        QCOMPARE(argmax(got.back()), argmax(wanted.back()));
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
