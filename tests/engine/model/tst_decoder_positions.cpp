// The decoder under every position method against the float64 forward pass: Dual Chunk Attention in both
// variants with any plan and any way of cutting the text, and keys that are turned when they are read.
#include "tests/support/attention_case.h"
#include "tests/support/model_fixture.h"
#include "tests/support/reference_attention.h"

#include <QtTest>

#include <cmath>

using namespace lectern;
using namespace lectern::test;

namespace {

// As in tst_decoder.cpp: single roundings of keys and values to f16 may differ.
constexpr double kMedianBound = 1e-4, kWorstBound = 1e-3;

RandomGguf smallModel(unsigned seed, int layers = 3)
{
    RandomShape shape;
    shape.layers = layers;
    shape.headDim = 16;
    shape.embedding = 64;
    shape.feedForward = 96;
    shape.vocabulary = 50;
    shape.seed = seed;
    return RandomGguf(shape);
}

std::string wrong(const std::vector<std::vector<float>>& got, const std::vector<std::vector<double>>& wanted)
{
    const RowErrors errors = rowErrors(got, wanted);
    if (errors.median <= kMedianBound && errors.worst <= kWorstBound)
        return {};
    return QString("errors: median %1, worst %2").arg(errors.median).arg(errors.worst).toStdString();
}

LayerMask maskOf(const LayerPlan& plan)
{
    return [&plan](int layer, int kvHead, std::int64_t q, std::int64_t k) {
        return sees(plan.layers[size_t(layer)][size_t(kvHead)], q, k);
    };
}

// The rules of the paper and of the code, as seven-line tables.
std::pair<std::int64_t, std::int64_t> paperStands(std::int64_t s, std::int64_t w, std::int64_t q,
                                                  std::int64_t k)
{
    const std::int64_t c = s + w, apart = q / s - k / s;
    if (apart == 0)
        return {q % s, k % s};
    return {apart == 1 && q % s < w ? s + q % s : c - 1, k % s};
}

std::pair<std::int64_t, std::int64_t> codeStands(std::int64_t size, std::int64_t local, std::int64_t q,
                                                 std::int64_t k)
{
    const std::int64_t length = size - local, apart = q / length - k / length;
    if (apart == 0)
        return {q % length, k % length};
    return {std::min(apart == 1 ? q % length + length : 2 * length - 1, size), k % length};
}

} // namespace

class TestDecoderPositions : public QObject {
    Q_OBJECT

private slots:
    void dualChunk_data();
    void dualChunk();
    void dualChunkOnFullLayers();
    void dualChunkIsPlainWithinAChunk();
    void scoresGrowWithTheLength_data();
    void scoresGrowWithTheLength();
    void methodsAreTheirFormulas_data();
    void methodsAreTheirFormulas();
    void growingContextTurnsOldKeys_data();
    void growingContextTurnsOldKeys();
    void ownDualChunkOfAModel();
};

void TestDecoderPositions::dualChunk_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<bool>("paper");
    QTest::addColumn<int>("chunk");
    QTest::addColumn<int>("local");
    for (const char* plan :
         {"full", "longgen:window=64", "longgen-block:local=1,stride=3", "window:sink=4,window=50"}) {
        for (const bool paper : {true, false}) {
            const char* variant = paper ? "paper" : "code";
            QTest::addRow("%s, %s, odd", plan, variant) << plan << paper << 37 << 11;
            QTest::addRow("%s, %s, pages", plan, variant) << plan << paper << (paper ? 64 : 80) << 16;
        }
    }
    QTest::newRow("tiny") << "full" << true << 3 << 2;
    QTest::newRow("no local") << "full" << false << 50 << 0;
    QTest::newRow("two pages") << "full" << false << 160 << 32;
}

void TestDecoderPositions::dualChunk()
{
    QFETCH(QString, plan);
    QFETCH(bool, paper);
    QFETCH(int, chunk);
    QFETCH(int, local);
    const ModelFixture fixture(smallModel(unsigned(chunk)));
    const std::vector<std::int32_t> tokens = randomTokens(260, 50, 3);
    ReferenceModel reference = fixture.reference();
    reference.standAt = [=](int, std::int64_t q, std::int64_t k) {
        return paper ? paperStands(chunk, local, q, k) : codeStands(chunk, local, q, k);
    };
    const LayerPlan layers = fixture.plan(plan.toStdString());
    const auto wanted = referenceLogits(reference, tokens, maskOf(layers));
    const std::string positions = "dca:chunk=" + std::to_string(chunk) + ",local=" + std::to_string(local) +
                                  (paper ? ",variant=paper" : "");
    std::mt19937 random(7);
    for (const auto& chunks :
         {std::vector<int>{260}, std::vector<int>(260, 1), randomChunks(random, 260, 100)}) {
        const std::string error = wrong(fixture.logits(layers, positions, tokens, chunks), wanted);
        QVERIFY2(error.empty(), error.c_str());
    }
    // It is another model than the plain one.
    const auto plain = fixture.logits(layers, tokens, {260});
    QVERIFY(normError(plain.back().data(), wanted.back()) > 0.01);
}

void TestDecoderPositions::dualChunkOnFullLayers()
{
    const ModelFixture fixture(smallModel(5));
    const std::vector<std::int32_t> tokens = randomTokens(200, 50, 4);
    const LayerPlan layers = fixture.plan("longgen:window=64");
    ReferenceModel reference = fixture.reference();
    reference.standAt = [](int layer, std::int64_t q, std::int64_t k) {
        return layer == 1 ? codeStands(60, 20, q, k) : std::pair(q, k);
    };
    const auto wanted = referenceLogits(reference, tokens, maskOf(layers));
    const auto got = fixture.logits(layers, "dca:chunk=60,local=20,layers=full", tokens, {150, 48, 1, 1});
    const std::string error = wrong(got, wanted);
    QVERIFY2(error.empty(), error.c_str());
}

void TestDecoderPositions::dualChunkIsPlainWithinAChunk()
{
    const ModelFixture fixture(smallModel(6));
    const LayerPlan full = fixture.plan("full");
    const std::vector<std::int32_t> tokens = randomTokens(96, 50, 5);
    const auto plain = fixture.logits(full, tokens, {60, 35, 1});
    QVERIFY(fixture.logits(full, "dca:chunk=128,local=32", tokens, {60, 35, 1}) == plain);
    QVERIFY(fixture.logits(full, "dca:chunk=96,local=32,variant=paper", tokens, {60, 35, 1}) == plain);
    QVERIFY(fixture.logits(full, "dca:chunk=127,local=32", tokens, {60, 35, 1}) != plain);
}

void TestDecoderPositions::scoresGrowWithTheLength_data()
{
    QTest::addColumn<QString>("form");
    QTest::addColumn<double>("slope");
    QTest::addColumn<bool>("queriesToo");
    QTest::newRow("ChunkLlama") << "chunkllama" << 0.05 << true;
    QTest::newRow("Qwen") << "qwen" << 0.1 << false;
}

// While a prompt is read all its tokens have the factor of its length, then each token that of its own time.
void TestDecoderPositions::scoresGrowWithTheLength()
{
    QFETCH(QString, form);
    QFETCH(double, slope);
    QFETCH(bool, queriesToo);
    const ModelFixture fixture(smallModel(7));
    const std::vector<std::int32_t> tokens = randomTokens(150, 50, 6);
    const auto factor = [=](std::int64_t position) {
        return std::max(1.0, slope * std::log(double(std::max<std::int64_t>(100, position + 1)) / 20) + 1);
    };
    ReferenceModel reference = fixture.reference();
    reference.standAt = [](int, std::int64_t q, std::int64_t k) { return codeStands(50, 10, q, k); };
    reference.keyFactor = factor;
    if (queriesToo)
        reference.queryFactor = factor;
    const auto wanted = referenceLogits(reference, tokens, causal);

    const LayerPlan full = fixture.plan("full");
    const auto positions = resolvePositions("dca:chunk=50,local=10,original=20,mscale=" + form.toStdString(),
                                            fixture.model()->spec().positions(), full, 150)
                               .value();
    ThreadPool pool(2);
    auto cache = KvCache::create(full, fixture.model()->kvShape(), KvType::F16, 150, 60).value();
    auto decoder = Decoder::create(fixture.model(), pool, 60, positions).value();
    decoder->setTextLength(100);
    std::vector<std::vector<float>> got;
    for (std::size_t at = 0; at < tokens.size();) {
        const std::size_t count = at < 100 ? 50 : 1;
        QVERIFY(decoder->step(std::span(tokens).subspan(at, count), *cache, CancelToken(), nullptr));
        for (std::size_t i = 0; i < count; ++i) {
            got.emplace_back(50);
            decoder->logits(int(i), got.back().data());
        }
        at += count;
    }
    const std::string error = wrong(got, wanted);
    QVERIFY2(error.empty(), error.c_str());
}

void TestDecoderPositions::methodsAreTheirFormulas_data()
{
    QTest::addColumn<QString>("positions");
    QTest::addColumn<double>("scale");  // of positions
    QTest::addColumn<double>("growth"); // of the base, before the exponent d / (d - 2)
    QTest::addColumn<bool>("turnedWhenRead");
    constexpr double trained = 512; // the context of the model below
    QTest::newRow("model") << "model" << 1.0 << 1.0 << false;
    QTest::newRow("linear") << "linear:4" << 0.25 << 1.0 << false;
    QTest::newRow("ntk") << "ntk:8" << 1.0 << 8.0 << false;
    QTest::newRow("e2, fixed") << "e2:3" << 1.0 / 3 << 1.0 << false;
    QTest::newRow("e2, by the room") << "e2:window=100" << 1.0 / 40 << 1.0 << false;
    QTest::newRow("e2, growing") << "e2:grow,window=100" << 1.0 / 40 << 1.0 << true;
    QTest::newRow("dynamic") << "dynamic:2" << 1.0 << 2 * 4000 / trained - 1 << true;
}

void TestDecoderPositions::methodsAreTheirFormulas()
{
    QFETCH(QString, positions);
    QFETCH(double, scale);
    QFETCH(double, growth);
    QFETCH(bool, turnedWhenRead);
    RandomGguf file = smallModel(8);
    file.keys["llama.context_length"] = std::uint64_t{512};
    const ModelFixture fixture(file);
    const std::vector<std::int32_t> tokens = randomTokens(180, 50, 7);
    ReferenceModel reference = fixture.reference();
    reference.positionScale = scale;
    reference.ropeBase *= std::pow(growth, 16.0 / 14);
    reference.keysTurnWhenRead = turnedWhenRead;
    for (const char* plan : {"full", "longgen-block:local=1,stride=2"}) {
        const LayerPlan layers = fixture.plan(plan);
        const auto wanted = referenceLogits(reference, tokens, maskOf(layers));
        for (const auto& chunks : {std::vector<int>{100, 79, 1}, std::vector<int>(180, 1)}) {
            const auto got = fixture.logits(layers, positions.toStdString(), tokens, chunks, 4000);
            const std::string error = wrong(got, wanted);
            QVERIFY2(error.empty(), error.c_str());
        }
    }
}

void TestDecoderPositions::growingContextTurnsOldKeys_data()
{
    QTest::addColumn<QString>("positions");
    QTest::newRow("E2-LLM") << "e2:grow,window=64";
    QTest::newRow("dynamic") << "dynamic";
}

// In a model of one layer keys do not depend on what was read before them: when the room grows, the next
// tokens' logits are those of a session that had the room from the start, to the rounding of floats.
void TestDecoderPositions::growingContextTurnsOldKeys()
{
    QFETCH(QString, positions);
    RandomGguf file = smallModel(9, 1);
    file.keys["llama.context_length"] = std::uint64_t{64};
    const ModelFixture fixture(file);
    const std::vector<std::int32_t> tokens = randomTokens(120, 50, 8);
    const LayerPlan full = fixture.plan("full");
    const auto wanted = fixture.logits(full, positions.toStdString(), tokens, {100, 19, 1}, 900);
    const auto plan =
        resolvePositions(positions.toStdString(), fixture.model()->spec().positions(), full, 100).value();
    ThreadPool pool(2);
    auto cache = KvCache::create(full, fixture.model()->kvShape(), KvType::F16, 100, 100).value();
    auto decoder = Decoder::create(fixture.model(), pool, 100, plan).value();
    const std::span<const std::int32_t> text(tokens);
    QVERIFY(decoder->step(text.first(100), *cache, CancelToken(), nullptr));
    QVERIFY(cache->grow(900));
    QVERIFY(!decoder->keysDependOn(100, 900));
    QVERIFY(decoder->step(text.subspan(100, 19), *cache, CancelToken(), nullptr));
    std::vector<float> row(50);
    decoder->logits(18, row.data());
    QVERIFY(row == wanted[118]);
    QVERIFY(decoder->step(text.subspan(119, 1), *cache, CancelToken(), nullptr));
    decoder->logits(0, row.data());
    QVERIFY(row == wanted[119]);
}

void TestDecoderPositions::ownDualChunkOfAModel()
{
    RandomGguf file = smallModel(10);
    file.keys["llama.rope.dual_chunk.chunk_size"] = std::uint64_t{60};
    file.keys["llama.rope.dual_chunk.local_size"] = std::uint64_t{20};
    const std::vector<std::int32_t> tokens = randomTokens(130, 50, 9);
    const ModelFixture own(file), plain(smallModel(10));
    QVERIFY2(own.error().empty(), own.error().c_str());
    const LayerPlan full = own.plan("full");
    const auto wanted = plain.logits(full, "dca:chunk=60,local=20", tokens, {100, 30});
    QVERIFY(own.logits(full, tokens, {100, 30}) == wanted);
    QVERIFY(own.logits(full, "auto", tokens, {100, 30}) == wanted);
    QVERIFY(own.logits(full, "dca", tokens, {100, 30}) == wanted);
    file.keys["llama.rope.dual_chunk.local_size"] = std::uint64_t{60};
    QVERIFY(!ModelFixture(file).error().empty());
}

QTEST_GUILESS_MAIN(TestDecoderPositions)
#include "tst_decoder_positions.moc"
