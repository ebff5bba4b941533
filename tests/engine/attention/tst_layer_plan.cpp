// Plan strings: what they mean layer by layer and head by head, and what is said about wrong ones.
#include "engine/attention/layer_plan.h"
#include "tests/support/mask_cases.h"

#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

LayerPlan parsed(const std::string& text, const PlanShape& shape, const std::string& modelPlan = {})
{
    const auto plan = parsePlan(text, shape, modelPlan);
    return plan ? *plan : LayerPlan{};
}

// "f" for a full layer, "s" for a sparse one.
QString layerLetters(const LayerPlan& plan)
{
    QString letters;
    for (int layer = 0; layer < plan.layerCount(); ++layer)
        letters += plan.isFullLayer(layer) ? 'f' : 's';
    return letters;
}

} // namespace

class TestLayerPlan : public QObject {
    Q_OBJECT

private slots:
    void fullLayersOfPlans_data();
    void fullLayersOfPlans();
    void longGenDefaultsAreThePapers();
    void windowDefaultsAreStreamingLlms();
    void stridedHeadsAreDkernels_data();
    void stridedHeadsAreDkernels();
    void autoIsTheModelsPlan();
    void wrongPlans_data();
    void wrongPlans();
    void anyTextIsAnsweredNotCrashed();
};

void TestLayerPlan::fullLayersOfPlans_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("layers");
    QTest::addColumn<QString>("letters");
    const QString s10(10, 's'), f12(12, 'f');
    QTest::newRow("LongGen, 32 layers") << "longgen" << 32 << s10 + f12 + s10;
    QTest::newRow("LongGen, named layers") << "longgen:full=10-21" << 32 << s10 + f12 + s10;
    QTest::newRow("LongGen, 12 layers") << "longgen" << 12 << "ssssffffssss";
    QTest::newRow("LongGen, 4 layers") << "longgen" << 4 << "sffs";
    QTest::newRow("LongGen, 2 layers") << "longgen" << 2 << "ff";
    QTest::newRow("LongGen, 1 layer") << "longgen" << 1 << "f";
    QTest::newRow("top") << "longgen:full=8-11" << 12 << "ssssssssffff";
    QTest::newRow("interleaved") << "longgen:full=0+3+6+9" << 12 << "fssfssfssfss";
    QTest::newRow("place top") << "longgen:full=top" << 12 << "ssssssssffff";
    QTest::newRow("place bottom") << "longgen:full=bottom,count=3" << 12 << "fffsssssssss";
    QTest::newRow("place middle") << "longgen:full=middle,count=2" << 12 << "sssssffsssss";
    QTest::newRow("a count") << "longgen:count=6" << 12 << "sssffffffsss";
    QTest::newRow("place interleaved") << "longgen:full=interleaved" << 12 << "ssfssfssfssf";
    QTest::newRow("interleaved, 5 of 12") << "longgen:full=interleaved,count=5" << 12 << "ssfsfssfsfsf";
    QTest::newRow("interleaved, all") << "longgen:full=interleaved,count=12" << 12 << "ffffffffffff";
    QTest::newRow("count 0") << "longgen:count=0" << 12 << "ssssssssssss";
    QTest::newRow("1/5 of 32") << "longgen:count=6" << 32
                               << QString(13, 's') + QString(6, 'f') + QString(13, 's');
    QTest::newRow("strided, top") << "longgen-block:full=top,count=1" << 4 << "sssf";
    QTest::newRow("ranges joined") << "longgen:full=0-1+5+10-11" << 12 << "ffsssfssssff";
    QTest::newRow("none") << "longgen:full=" << 6 << "ssssss";
    QTest::newRow("strided") << "longgen-block" << 12 << "ssssffffssss";
    QTest::newRow("full") << "full" << 5 << "fffff";
    QTest::newRow("empty is full") << "" << 3 << "fff";
    QTest::newRow("window") << "window:sink=4,window=1020" << 3 << "sss";
}

void TestLayerPlan::fullLayersOfPlans()
{
    QFETCH(QString, text);
    QFETCH(int, layers);
    QFETCH(QString, letters);
    const LayerPlan plan = parsed(text.toStdString(), {layers, 4, 8});
    QCOMPARE(layerLetters(plan), letters);
    for (int layer = 0; layer < layers; ++layer) {
        QCOMPARE(int(plan.layers[size_t(layer)].size()), 4);
        QCOMPARE(plan.layerKind(layer) == "full", plan.isFullLayer(layer));
    }
}

void TestLayerPlan::longGenDefaultsAreThePapers()
{
    const LayerPlan plan = parsed("longgen", {32, 32, 32});
    QCOMPARE(plan.text, std::string("longgen"));
    const HeadPattern wanted = SinkWindowPattern{64, 64, 32};
    for (const HeadPattern& head : plan.layers[0])
        QVERIFY(head == wanted);
    const LayerPlan other = parsed("longgen:sink=128,window=1024,block=32", {12, 2, 4});
    QVERIFY(other.layers[11][1] == HeadPattern(SinkWindowPattern{128, 32, 32}));
    QCOMPARE(other.layerKind(0), std::string("sink+window"));
}

void TestLayerPlan::windowDefaultsAreStreamingLlms()
{
    QVERIFY(parsed("window", {2, 1, 1}).layers[1][0] == HeadPattern(SinkWindowPattern{4, 1, 4096}));
    QVERIFY(parsed("window:sink=64,window=2048", {2, 1, 1}).layers[0][0] ==
            HeadPattern(SinkWindowPattern{64, 1, 2048}));
}

void TestLayerPlan::stridedHeadsAreDkernels_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("queryHeads");
    QTest::addColumn<int>("kvHeads");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("offset");
    QTest::addColumn<bool>("homogeneous");
    QTest::newRow("offset 0") << "local=2,stride=8" << 4 << 4 << 8 << 0 << false;
    QTest::newRow("offset 1") << "local=2,stride=8,offset=1" << 4 << 4 << 8 << 1 << false;
    QTest::newRow("homogeneous") << "local=2,stride=8,homo=1" << 4 << 4 << 8 << 0 << true;
    QTest::newRow("homogeneous, offset 1") << "local=2,stride=8,homo=1,offset=1" << 4 << 4 << 8 << 1 << true;
    QTest::newRow("more heads than residues") << "local=2,stride=3" << 8 << 8 << 3 << 0 << false;
    QTest::newRow("grouped heads") << "local=2,stride=16" << 8 << 2 << 16 << 0 << false;
    QTest::newRow("grouped heads, offset 1") << "local=2,stride=16,offset=1" << 8 << 4 << 16 << 1 << false;
    QTest::newRow("Phi-3-small") << "local=2,stride=8,offset=1" << 32 << 8 << 8 << 1 << false;
}

// The step between heads comes from the number of query heads, the heads counted are KV heads
// (get_sparse_attn_mask).
void TestLayerPlan::stridedHeadsAreDkernels()
{
    QFETCH(QString, text);
    QFETCH(int, queryHeads);
    QFETCH(int, kvHeads);
    QFETCH(int, stride);
    QFETCH(int, offset);
    QFETCH(bool, homogeneous);
    const PlanShape shape{6, kvHeads, queryHeads};
    const LayerPlan plan = parsed("longgen-block:block=16," + text.toStdString(), shape);
    QCOMPARE(layerLetters(plan), QString("ssffss"));
    QCOMPARE(plan.layerKind(0), std::string("strided"));
    constexpr std::int64_t kTokens = 16 * 40;
    for (int head = 0; head < kvHeads; ++head) {
        const LocalStride rule{16, 2, stride, homogeneous ? 0 : head, queryHeads, offset};
        for (std::int64_t q = 0; q < kTokens; q += 5)
            for (std::int64_t k = 0; k < kTokens; k += 3)
                QCOMPARE(sees(plan.layers[5][size_t(head)], q, k), localStrideKeeps(rule, q, k));
    }
}

void TestLayerPlan::autoIsTheModelsPlan()
{
    const PlanShape shape{6, 2, 2};
    QCOMPARE(parsed("auto", shape, "longgen:full=1").text, std::string("longgen:full=1"));
    QCOMPARE(layerLetters(parsed("auto", shape, "longgen:full=1")), QString("sfssss"));
    QCOMPARE(parsed("auto", shape).text, std::string("full"));
    QCOMPARE(parsed("auto", shape, "auto").text, std::string("full"));
    QCOMPARE(parsed("full", shape, "longgen").text, std::string("full"));
    QVERIFY(!parsePlan("auto", shape, "nonsense"));
}

void TestLayerPlan::wrongPlans_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named"); // what the message must name
    QTest::newRow("unknown plan") << "longgne"
                                  << "longgne";
    QTest::newRow("unknown option") << "longgen:snik=4"
                                    << "snik";
    QTest::newRow("option of another plan") << "window:stride=4"
                                            << "stride";
    QTest::newRow("options for full") << "full:sink=4"
                                      << "sink";
    QTest::newRow("no value") << "longgen:sink"
                              << "sink";
    QTest::newRow("empty value") << "longgen:sink="
                                 << "sink=";
    QTest::newRow("not a number") << "longgen:sink=many"
                                  << "sink=many";
    QTest::newRow("number and rest") << "longgen:sink=4x"
                                     << "sink=4x";
    QTest::newRow("negative") << "longgen:sink=-4"
                              << "sink=-4";
    QTest::newRow("fraction") << "longgen:window=10.5"
                              << "window=10.5";
    QTest::newRow("too large") << "longgen:window=1099511627776"
                               << "window=1099511627776";
    QTest::newRow("larger than any number") << "longgen:window=99999999999999999999999"
                                            << "window=9999";
    QTest::newRow("no window") << "window:window=0"
                               << "window=0";
    QTest::newRow("no block") << "longgen:block=0"
                              << "block=0";
    QTest::newRow("no stride") << "longgen-block:stride=0"
                               << "stride=0";
    QTest::newRow("no local blocks") << "longgen-block:local=0"
                                     << "local=0";
    QTest::newRow("window not in blocks") << "longgen:window=100"
                                          << "100";
    QTest::newRow("too many full layers") << "longgen:count=13"
                                          << "count=13";
    QTest::newRow("count of a list") << "longgen:full=3,count=2"
                                     << "count";
    QTest::newRow("no pattern folder") << "duo"
                                       << "DuoAttention";
    QTest::newRow("layer outside") << "longgen:full=5-12"
                                   << "full=5-12";
    QTest::newRow("layers backwards") << "longgen:full=7-5"
                                      << "full=7-5";
    QTest::newRow("layers not numbers") << "longgen:full=a-b"
                                        << "full=a-b";
    QTest::newRow("half a range") << "longgen:full=3-"
                                  << "full=3-";
    QTest::newRow("nothing between") << "longgen:full=3++4"
                                     << "full=3++4";
    QTest::newRow("twice") << "longgen:sink=4,sink=5"
                           << "sink";
    QTest::newRow("empty part") << "longgen:sink=4,,window=64"
                                << "key=value";
}

void TestLayerPlan::wrongPlans()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto plan = parsePlan(text.toStdString(), {12, 2, 4}, "full");
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::Usage);
    const QString message = QString::fromStdString(plan.error().message);
    QVERIFY2(message.contains(named), qPrintable(message));
    QVERIFY(message.endsWith('.'));
    QVERIFY(!plan.error().hint.empty());
}

void TestLayerPlan::anyTextIsAnsweredNotCrashed()
{
    std::mt19937 random(3);
    const std::string pieces[] = {"longgen", "window", "full", "-block", ":",  ",",        "=",
                                  "+",       "-",      "0",    "7",      "11", "sink",     "block",
                                  "stride",  "offset", "homo", "\xff",   " ",  "999999999"};
    int good = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 2 ? "longgen:" : "";
        for (std::int64_t n = drawn(random, 0, 9); n > 0; --n)
            text += pieces[drawn(random, 0, 19)];
        const auto plan = parsePlan(text, {12, 3, 6}, "full");
        good += plan.has_value();
        QVERIFY(plan ? plan->layerCount() == 12 : !plan.error().message.empty());
    }
    QVERIFY(good > 10);
}

QTEST_GUILESS_MAIN(TestLayerPlan)
#include "tst_layer_plan.moc"
