// The decoder against a float64 forward pass over the same (dequantised) weights: every tensor type and model
// shape, every way of cutting the text, every plan.
#include "engine/quant/quant_types.h"
#include "tests/support/attention_case.h"
#include "tests/support/model_fixture.h"
#include "tests/support/reference_attention.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

// Norm of a row's error against the row's norm. Both sides round keys and values to f16, and a float that
// lies near the middle of two halves may go the other way: one number off by 2^-11. Where that can not
// happen, only the rounding of floats is left.
struct Bound {
    double median, worst;
};
constexpr Bound kHalfKv{1e-4, 1e-3};
constexpr Bound kFloats{2e-6, 5e-6};
constexpr Bound kSameWay{1e-5, 1e-5}; // the same products in the same order

RandomShape smallShape(unsigned seed)
{
    RandomShape shape;
    shape.layers = 3;
    shape.heads = 4;
    shape.kvHeads = 2;
    shape.headDim = 16;
    shape.embedding = 64;
    shape.feedForward = 96;
    shape.vocabulary = 50;
    shape.seed = seed;
    return shape;
}

bool within(const RowErrors& errors, const Bound& bound)
{
    return errors.median <= bound.median && errors.worst <= bound.worst;
}

std::string told(const RowErrors& errors)
{
    return QString("errors: median %1, worst %2").arg(errors.median).arg(errors.worst).toStdString();
}

// The same model with values that are all 0: attention adds nothing.
RandomGguf withoutValues(RandomGguf file)
{
    for (std::size_t i = 0; i < file.reference.layers.size(); ++i) {
        std::vector<double>& values = file.reference.layers[i].value;
        values.assign(values.size(), 0.0);
        std::vector<std::byte>& bytes = file.tensors["blk." + std::to_string(i) + ".attn_v.weight"].bytes;
        bytes.assign(bytes.size(), std::byte{0});
    }
    return file;
}

} // namespace

class TestDecoder : public QObject {
    Q_OBJECT

private slots:
    void everyTensorType_data();
    void everyTensorType();
    void everyShape_data();
    void everyShape();
    void anyChunkingIsOneText();
    void plansAreTheirMasks_data();
    void plansAreTheirMasks();
    void mixedHeadsAreTheirMasks();
    void coveringPlanIsFull_data();
    void coveringPlanIsFull();
    void cancelledStepLeavesTheCache();
    void wrongTokensAreRefused();
};

void TestDecoder::everyTensorType_data()
{
    QTest::addColumn<int>("type");
    for (const QuantType& type : quantTypes())
        if (type.packRow)
            QTest::newRow(tensorTypeInfo(type.type)->name.data()) << int(type.type);
}

void TestDecoder::everyTensorType()
{
    QFETCH(int, type);
    RandomShape shape;
    shape.type = TensorType(type);
    const RandomGguf file(shape);
    const std::vector<std::int32_t> tokens = randomTokens(24, shape.vocabulary, 5);
    for (const auto& [gguf, bound] : {std::pair(file, kHalfKv), {withoutValues(file), kFloats}}) {
        const ModelFixture fixture(gguf);
        QVERIFY2(fixture.error().empty(), fixture.error().c_str());
        const auto wanted = referenceLogits(fixture.reference(), tokens, causal);
        // 17 tokens take the way of many, 3 and 1 the ways of few.
        const RowErrors errors =
            rowErrors(fixture.logits(fixture.plan("full"), tokens, {17, 3, 1, 1, 2}), wanted);
        QVERIFY2(within(errors, bound), told(errors).c_str());
    }
}

void TestDecoder::everyShape_data()
{
    QTest::addColumn<int>("which");
    int which = 0;
    for (const char* name : {"tied output", "rope_freqs", "linear positions", "part of a head rotated",
                             "one KV head", "as many KV heads as heads", "heads wider than the model",
                             "large base", "one layer", "two tokens in the vocabulary", "all at once"})
        QTest::newRow(name) << which++;
}

void TestDecoder::everyShape()
{
    QFETCH(int, which);
    RandomShape shape = smallShape(unsigned(which) + 10);
    const bool all = which == 10;
    shape.tied = which == 0 || all;
    shape.ropeDivisors = which == 1 || all;
    shape.linearFactor = which == 2 || all ? 4 : 1;
    shape.ropeDimensions = which == 3 || all ? 8 : 0;
    shape.kvHeads = which == 4 ? 1 : which == 5 ? 4 : 2;
    shape.headDim = which == 6 || all ? 24 : 16;
    shape.ropeBase = which == 7 || all ? 1.28e8 : 10000;
    shape.layers = which == 8 ? 1 : 3;
    shape.vocabulary = which == 9 ? 2 : 50;
    const ModelFixture fixture(shape);
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const std::vector<std::int32_t> tokens = randomTokens(90, shape.vocabulary, 6);
    const auto wanted = referenceLogits(fixture.reference(), tokens, causal);
    const RowErrors errors = rowErrors(fixture.logits(fixture.plan("full"), tokens, {70, 19, 1}), wanted);
    QVERIFY2(within(errors, kHalfKv), told(errors).c_str());
}

void TestDecoder::anyChunkingIsOneText()
{
    std::mt19937 random(9);
    const ModelFixture fixture(smallShape(3));
    for (const char* text :
         {"full", "longgen:window=64", "longgen-block:local=1,stride=3", "window:sink=4,window=50"}) {
        const LayerPlan plan = fixture.plan(text);
        const std::vector<std::int32_t> tokens = randomTokens(260, 50, 7);
        const auto whole = fixture.logits(plan, tokens, {260});
        const auto single = fixture.logits(plan, tokens, std::vector<int>(260, 1));
        QVERIFY2(within(rowErrors(single, whole), kHalfKv), told(rowErrors(single, whole)).c_str());
        for (int i = 0; i < 5; ++i) {
            const auto parts = fixture.logits(plan, tokens, randomChunks(random, 260, 130), 1 + i % 3);
            QVERIFY2(within(rowErrors(parts, whole), kHalfKv), told(rowErrors(parts, whole)).c_str());
        }
    }
}

void TestDecoder::plansAreTheirMasks_data()
{
    QTest::addColumn<QString>("plan");
    for (const char* plan :
         {"longgen:window=64", "longgen:full=,window=128,sink=10", "longgen:full=0,window=64,block=16",
          "window:sink=4,window=40", "window:sink=0,window=1", "longgen-block:block=16,local=2,stride=4",
          "longgen-block:block=32,local=1,stride=3,offset=1,homo=1,full="})
        QTest::newRow(plan) << plan;
}

void TestDecoder::plansAreTheirMasks()
{
    QFETCH(QString, plan);
    const ModelFixture fixture(smallShape(4));
    const std::vector<std::int32_t> tokens = randomTokens(230, 50, 8);
    const LayerPlan layers = fixture.plan(plan.toStdString());
    // That sees() is the papers' mask is shown by the tests of the patterns.
    const auto keeps = [&](int layer, int kvHead, std::int64_t q, std::int64_t k) {
        return sees(layers.layers[size_t(layer)][size_t(kvHead)], q, k);
    };
    const auto wanted = referenceLogits(fixture.reference(), tokens, keeps);
    const RowErrors errors = rowErrors(fixture.logits(layers, tokens, {100, 100, 28, 1, 1}), wanted);
    QVERIFY2(within(errors, kHalfKv), told(errors).c_str());
    // The plan matters: the last row is another one under full attention.
    const auto full = fixture.logits(fixture.plan("full"), tokens, {230});
    QVERIFY(normError(full.back().data(), wanted.back()) > 0.01);
}

void TestDecoder::mixedHeadsAreTheirMasks()
{
    const ModelFixture fixture(smallShape(5));
    const std::vector<std::int32_t> tokens = randomTokens(150, 50, 9);
    for (unsigned seed = 0; seed < 6; ++seed) {
        std::mt19937 random(seed);
        LayerPlan plan;
        std::vector<std::vector<MaskCase>> masks(3);
        for (auto& layer : masks) {
            plan.layers.emplace_back();
            for (int head = 0; head < 2; ++head) {
                layer.push_back(randomCase(random));
                plan.layers.back().push_back(layer.back().pattern);
            }
        }
        const auto keeps = [&](int layer, int kvHead, std::int64_t q, std::int64_t k) {
            return masks[size_t(layer)][size_t(kvHead)].keeps(q, k);
        };
        const auto wanted = referenceLogits(fixture.reference(), tokens, keeps);
        const RowErrors errors =
            rowErrors(fixture.logits(plan, tokens, randomChunks(random, 150, 80)), wanted);
        QVERIFY2(within(errors, kHalfKv), told(errors).c_str());
    }
}

void TestDecoder::coveringPlanIsFull_data()
{
    QTest::addColumn<QString>("plan");
    for (const char* plan :
         {"longgen:full=,window=256", "longgen:full=,sink=300,window=64", "window:sink=4,window=300",
          "longgen-block:full=,local=5,stride=64", "longgen-block:full=,local=1,stride=1",
          "longgen-block:full=1,local=5,stride=7,offset=1"})
        QTest::newRow(plan) << plan;
}

void TestDecoder::coveringPlanIsFull()
{
    QFETCH(QString, plan);
    const ModelFixture fixture(smallShape(6));
    const std::vector<std::int32_t> tokens = randomTokens(256, 50, 10);
    const std::vector<int> chunks{128, 100, 26, 1, 1};
    const auto full = fixture.logits(fixture.plan("full"), tokens, chunks);
    const auto sparse = fixture.logits(fixture.plan(plan.toStdString()), tokens, chunks);
    QVERIFY(full.size() == 256);
    QVERIFY2(within(rowErrors(sparse, full), kSameWay), told(rowErrors(sparse, full)).c_str());
}

namespace {

// Cancels when a layer has been computed.
class CancelAt : public AttentionObserver {
public:
    CancelAt(int layer, CancelToken cancel) : m_layer(layer), m_cancel(std::move(cancel)) {}
    bool wants(int, int) const override { return true; }
    void onLayer(const LayerAttention& attention) override
    {
        if (attention.layer == m_layer)
            m_cancel.cancel();
    }

private:
    int m_layer;
    CancelToken m_cancel;
};

} // namespace

void TestDecoder::cancelledStepLeavesTheCache()
{
    const ModelFixture fixture(smallShape(7));
    const std::vector<std::int32_t> tokens = randomTokens(180, 50, 11);
    const std::span<const std::int32_t> text(tokens);
    const LayerPlan plan = fixture.plan("longgen:full=1,window=64");
    const auto wanted = fixture.logits(plan, tokens, {100, 79, 1});
    ThreadPool pool(2);
    auto cache = KvCache::create(plan, fixture.model()->kvShape(), KvType::F16, 180, 100).value();
    auto decoder = Decoder::create(fixture.model(), pool, 100).value();
    std::size_t at = 0;
    for (const std::size_t count : {std::size_t{100}, std::size_t{79}, std::size_t{1}}) {
        for (int layer = 0; layer < 3; ++layer) {
            const CancelToken cancel;
            CancelAt observer(layer, cancel);
            const auto stopped = decoder->step(text.subspan(at, count), *cache, cancel, &observer);
            QVERIFY(!stopped);
            QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
            QCOMPARE(cache->position(), std::int64_t(at));
        }
        QVERIFY(decoder->step(text.subspan(at, count), *cache, CancelToken(), nullptr));
        at += count;
    }
    std::vector<float> last(50);
    decoder->logits(0, last.data());
    QVERIFY(last == wanted.back());
}

void TestDecoder::wrongTokensAreRefused()
{
    const ModelFixture fixture(smallShape(8));
    ThreadPool pool(1);
    auto cache =
        KvCache::create(fixture.plan("full"), fixture.model()->kvShape(), KvType::F16, 10, 8).value();
    auto decoder = Decoder::create(fixture.model(), pool, 8).value();
    const auto code = [&](const std::vector<std::int32_t>& tokens) {
        const auto done = decoder->step(tokens, *cache, CancelToken(), nullptr);
        return done ? -1 : int(done.error().code);
    };
    QCOMPARE(code({1, 50}), int(ErrorCode::Usage));
    QCOMPARE(code({-1}), int(ErrorCode::Usage));
    QCOMPARE(code({}), int(ErrorCode::Internal));
    QCOMPARE(code(std::vector<std::int32_t>(9, 1)), int(ErrorCode::Internal));
    QCOMPARE(code(std::vector<std::int32_t>(8, 1)), -1);
    QCOMPARE(code({1, 2, 3}), int(ErrorCode::Internal));
    QCOMPARE(cache->position(), std::int64_t(8));
}

QTEST_GUILESS_MAIN(TestDecoder)
#include "tst_decoder.moc"
