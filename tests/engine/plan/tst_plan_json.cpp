// Plans as documents: what is written is read again, edits mean what they say, and messages name layer and
// head.
#include "engine/plan/plan_json.h"
#include "engine/plan/plan_reader.h"
#include "tests/support/mask_cases.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr const char* kThreeLayers = R"({
  "lectern_plan": 1,
  "positions": "e2:4",
  "kv_types": "full=f16,window=q8_0",
  "layers": [
    {"heads": {"kind": "full"}},
    {"heads": [{"kind": "sink+window", "sink": 4, "window": 128, "block": 64},
               {"kind": "strided", "block": 32, "local": 2, "stride": 8, "phase": 7}]},
    {"heads": [{"kind": "sink+chunk", "sink": 64, "recent": 256, "chunk": 512}, {"kind": "full"}]}
  ]
})";

const PlanShape kShape{3, 2, 4};

std::string changed(const char* from, const char* to)
{
    return QString(kThreeLayers).replace(QString(from), QString(to)).toStdString();
}

bool same(const LayerPlan& a, const LayerPlan& b)
{
    return a.text == b.text && a.layers == b.layers && a.positions == b.positions && a.kvTypes == b.kvTypes;
}

} // namespace

class TestPlanJson : public QObject {
    Q_OBJECT

private slots:
    void handWrittenDocument();
    void everyPlanComesBack_data();
    void everyPlanComesBack();
    void randomPlansComeBack();
    void plansComeFromAnywhere();
    void wrongDocuments_data();
    void wrongDocuments();
    void ownWindowsStay();
    void damagedDocumentsAreRefusedNotCrashed();
};

void TestPlanJson::handWrittenDocument()
{
    const auto plan = planFromJson(kThreeLayers, kShape);
    QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
    QCOMPARE(plan->text, std::string("custom"));
    QCOMPARE(plan->positions, std::string("e2:4"));
    QCOMPARE(plan->kvTypes, std::string("full=f16,window=q8_0"));
    QVERIFY(plan->isFullLayer(0));
    QVERIFY(plan->layers[1][0] == HeadPattern(SinkWindowPattern{4, 64, 2}));
    QVERIFY(plan->layers[1][1] == HeadPattern(StridedBlocksPattern{32, 2, 8, 7}));
    QVERIFY(plan->layers[2][0] == HeadPattern(SinkChunkPattern{64, 256, 512}));
    QCOMPARE(plan->layerKind(2), std::string("mixed"));
}

void TestPlanJson::everyPlanComesBack_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"full", "longgen", "longgen:full=top,count=3", "longgen-block:local=2,stride=4,offset=1",
          "longgen-block:homo=1,block=128", "window:sink=4,window=1000",
          "duo:" LECTERN_SOURCE_DIR "/tests/golden/duo/lr=0.02-small",
          "longgen:kv-full=q8_0,duo=" LECTERN_SOURCE_DIR "/tests/golden/duo/lr=0.02-small"})
        QTest::newRow(text) << text;
}

void TestPlanJson::everyPlanComesBack()
{
    QFETCH(QString, text);
    const PlanShape shape{6, 4, 8};
    LayerPlan plan = readPlan(text.toStdString(), shape, {}).value();
    plan.positions = "dca:chunk=3072,local=512";
    for (const bool indented : {false, true}) {
        const std::string written = planToJson(plan, indented);
        QCOMPARE(written.find('\n') != std::string::npos, indented);
        const auto read = readPlan(written, shape, {});
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(same(*read, plan));
        QCOMPARE(planToJson(*read, indented), written);
    }
}

void TestPlanJson::randomPlansComeBack()
{
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        LayerPlan plan;
        plan.text = "random \"plan\" \xff";
        for (int layer = 0; layer < 3; ++layer) {
            plan.layers.emplace_back();
            for (int head = 0; head < 2; ++head)
                plan.layers.back().push_back(randomCase(random).pattern);
        }
        const auto read = planFromJson(planToJson(plan, seed % 2), kShape);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QVERIFY(read->layers == plan.layers);
    }
}

void TestPlanJson::plansComeFromAnywhere()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath("mine.json").toStdString();
    QFile file(folder.filePath("mine.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(kThreeLayers);
    file.close();
    const LayerPlan wanted = planFromJson(kThreeLayers, kShape).value();
    QVERIFY(same(readPlan(path, kShape, {}).value(), wanted));
    QVERIFY(same(readPlan(kThreeLayers, kShape, {}).value(), wanted));
    // What a model file carries: the document, or a plan string.
    QVERIFY(same(readPlan("auto", kShape, kThreeLayers).value(), wanted));
    QVERIFY(same(readPlan("", kShape, kThreeLayers).value(), wanted));
    QCOMPARE(readPlan("auto", kShape, "longgen").value().text, std::string("longgen"));
    QCOMPARE(readPlan("auto", kShape, "").value().text, std::string("full"));
    QCOMPARE(readPlan("nowhere.json", kShape, {}).error().code, ErrorCode::NotFound);
}

void TestPlanJson::wrongDocuments_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, const std::string& text, const char* named) {
        QTest::newRow(name) << QString::fromStdString(text) << named;
    };
    row("not JSON", "{\"lectern_plan\": 1,", "JSON");
    row("another document", "{\"layers\": []}", "lectern_plan");
    row("later version", changed("\"lectern_plan\": 1", "\"lectern_plan\": 2"), "lectern_plan");
    row("unknown key", changed("\"positions\"", "\"position\""), "position");
    row("positions not text", changed("\"e2:4\"", "4"), "positions");
    row("layers missing", "{\"lectern_plan\": 1}", "no layers");
    row("too few layers", changed("{\"heads\": {\"kind\": \"full\"}},", ""), "2 layers");
    row("no heads", changed("{\"heads\": {\"kind\": \"full\"}}", "{}"), "Layer 0");
    row("heads a number", changed("{\"kind\": \"full\"}}", "7}"), "Layer 0");
    row("too many heads", changed("{\"kind\": \"full\"}]", "{\"kind\": \"full\"}, {\"kind\": \"full\"}]"),
        "3 heads");
    row("unknown kind", changed("\"strided\"", "\"dotted\""), "Layer 1, head 1");
    row("no kind", changed("\"kind\": \"strided\", ", ""), "Layer 1, head 1");
    row("number missing", changed("\"sink\": 4, ", ""), "Layer 1, head 0 of the plan needs \"sink\"");
    row("number not whole", changed("\"sink\": 4", "\"sink\": 4.5"), "\"sink\"");
    row("number negative", changed("\"recent\": 256", "\"recent\": -1"), "Layer 2, head 0");
    row("number too large", changed("\"recent\": 256", "\"recent\": 18446744073709551615"), "\"recent\"");
    row("window not in blocks", changed("\"window\": 128", "\"window\": 100"), "100");
    row("phase outside", changed("\"phase\": 7", "\"phase\": 8"), "phase");
    row("foreign number", changed("\"phase\": 7", "\"phase\": 7, \"sink\": 3"), "\"sink\"");
}

void TestPlanJson::wrongDocuments()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto plan = planFromJson(text.toStdString(), kShape);
    QVERIFY(!plan);
    QVERIFY2(QString::fromStdString(plan.error().message).contains(named), plan.error().message.c_str());
    QVERIFY(plan.error().message.ends_with('.'));
    QVERIFY(!plan.error().hint.empty());
}

void TestPlanJson::ownWindowsStay()
{
    PlanShape windowed = kShape;
    windowed.windows = {0, 0, 512};
    const auto refused = planFromJson(kThreeLayers, windowed);
    QVERIFY(!refused);
    QVERIFY(QString::fromStdString(refused.error().message).contains("Layer 2, head 0"));
    const LayerPlan own = readPlan("longgen", windowed, {}).value();
    QVERIFY(same(planFromJson(planToJson(own, false), windowed).value(), own));
}

void TestPlanJson::damagedDocumentsAreRefusedNotCrashed()
{
    std::mt19937 random(1);
    int read = 0;
    for (int i = 0; i < 4000; ++i) {
        std::string text = kThreeLayers;
        for (std::int64_t n = drawn(random, 1, 3); n > 0; --n)
            text[std::size_t(drawn(random, 0, std::int64_t(text.size()) - 1))] = char(drawn(random, 0, 255));
        const auto plan = planFromJson(text, kShape);
        read += plan.has_value();
        QVERIFY(plan ? plan->layerCount() == 3 : !plan.error().message.empty());
    }
    QVERIFY(read > 0 && read < 4000); // numbers may change into others
}

QTEST_GUILESS_MAIN(TestPlanJson)
#include "tst_plan_json.moc"
