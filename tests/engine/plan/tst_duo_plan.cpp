// DuoAttention's split of heads: the quantile rule on gates made for the purpose, the published patterns'
// counts where the files are at hand, and the plans that use a split.
#include "engine/format/duo_pattern_file.h"
#include "engine/plan/plan_reader.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

using namespace lectern;

namespace {

const std::string kSmall = LECTERN_SOURCE_DIR "/tests/golden/duo/lr=0.02-small";

QString counts(const DuoSplit& split)
{
    QStringList list;
    for (const std::vector<bool>& layer : split.full)
        list << QString::number(std::count(layer.begin(), layer.end(), true));
    return list.join(u',');
}

// The published pattern of a model, or "" where the files are not there.
std::string publishedPattern(const QString& model)
{
    QDir folder(qEnvironmentVariable("LECTERN_SHARED", LECTERN_SOURCE_DIR "/../shared") +
                "/reference/duo_patterns/attn_patterns/" + model);
    const QStringList inside = folder.entryList({"lr=*"}, QDir::Dirs);
    return inside.isEmpty() ? std::string() : folder.filePath(inside.front()).toStdString();
}

LayerPlan planOf(const std::string& text, const PlanShape& shape = {6, 4, 8})
{
    const auto plan = readPlan(text, shape, {});
    if (!plan)
        qWarning("%s", plan.error().message.c_str());
    return plan ? *plan : LayerPlan{};
}

QString letters(const LayerPlan& plan)
{
    QString text;
    for (const auto& heads : plan.layers) {
        text += text.isEmpty() ? "" : " ";
        for (const HeadPattern& head : heads)
            text += isFull(head) ? 'f' : std::string(patternKind(head)) == "strided" ? 'b' : 's';
    }
    return text;
}

} // namespace

class TestDuoPlan : public QObject {
    Q_OBJECT

private slots:
    void smallPattern_data();
    void smallPattern();
    void tiesAreBrokenTheSameWayAlways();
    void publishedPatterns_data();
    void publishedPatterns();
    void plans_data();
    void plans();
    void streamingHeadsAreAsAsked();
    void wrongFiles_data();
    void wrongFiles();
    void wrongPlans_data();
    void wrongPlans();
};

void TestDuoPlan::smallPattern_data()
{
    QTest::addColumn<double>("sparsity");
    QTest::addColumn<double>("threshold");
    QTest::addColumn<QString>("kept");   // full heads by layer, ties kept
    QTest::addColumn<QString>("broken"); // ties broken: their number is exact
    // Worked out from the table: 24 values, 7 of them 0 or below, three times 0.75.
    QTest::newRow("none streams") << 0.0 << 0.0 << "4,4,4,4,4,4"
                                  << "4,4,4,4,4,4";
    QTest::newRow("a half") << 0.5 << 0.390625 << "1,2,2,2,1,4"
                            << "1,2,2,2,1,4";
    QTest::newRow("three quarters") << 0.75 << 0.7978515625 << "1,2,1,0,0,2"
                                    << "1,2,1,0,0,2";
    QTest::newRow("at a tie") << 0.65 << 0.75 << "1,2,2,2,1,2"
                              << "";
    QTest::newRow("at zero") << 0.25 << 0.0 << "4,4,4,4,4,4"
                             << "";
    QTest::newRow("all stream") << 1.0 << double(INFINITY) << "0,0,0,0,0,0"
                                << "0,0,0,0,0,0";
}

void TestDuoPlan::smallPattern()
{
    QFETCH(double, sparsity);
    QFETCH(double, threshold);
    QFETCH(QString, kept);
    QFETCH(QString, broken);
    const auto file = readDuoPattern(kSmall);
    QVERIFY(file);
    QCOMPARE(file->model, std::string("Small-Example"));
    QCOMPARE(file->gates.size(), std::size_t(6));
    QVERIFY(file->gates[0][0] < 0); // as it is written; the split clips
    const DuoSplit split = splitHeads(file->gates, sparsity, DuoTies::Keep);
    QCOMPARE(split.threshold, threshold);
    QCOMPARE(counts(split), kept);
    const DuoSplit exact = splitHeads(file->gates, sparsity, DuoTies::Break);
    QVERIFY(broken.isEmpty() || counts(exact) == broken);
    QCOMPARE(exact.fullHeads(), sparsity >= 1 ? 0 : 24 - int(std::ceil(sparsity * 23)));
}

void TestDuoPlan::tiesAreBrokenTheSameWayAlways()
{
    const std::vector<std::vector<double>> gates(4, std::vector<double>(8, 1.0));
    const DuoSplit once = splitHeads(gates, 0.5, DuoTies::Break);
    QCOMPARE(once.fullHeads(), 16);
    for (int i = 0; i < 3; ++i)
        QVERIFY(splitHeads(gates, 0.5, DuoTies::Break).full == once.full);
    QCOMPARE(splitHeads(gates, 0.5, DuoTies::Keep).fullHeads(), 32);
    QCOMPARE(splitHeads({}, 0.5, DuoTies::Break).fullHeads(), 0);
}

// The counts that the authors' own rule gives on their published files.
void TestDuoPlan::publishedPatterns_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<double>("sparsity");
    QTest::addColumn<double>("threshold");
    QTest::addColumn<int>("heads");
    QTest::addColumn<int>("exact");
    QTest::addColumn<QString>("layers");
    QTest::newRow("Llama-2-7B-32K")
        << "Llama-2-7B-32K-Instruct" << 0.75 << 0.94140625 << 258 << 256
        << "2,10,2,5,3,4,9,8,9,5,8,10,4,6,12,9,12,10,9,6,11,8,14,5,12,8,12,3,6,7,12,17";
    QTest::newRow("1048k") << "Llama-3-8B-Instruct-Gradient-1048k" << 0.5 << 0.9609375 << 130 << 128
                           << "1,1,3,2,2,4,2,4,6,4,5,3,2,6,5,5,5,6,3,5,6,3,3,6,4,5,3,4,6,5,8,3";
    QTest::newRow("4194k") << "Llama-3-8B-Instruct-Gradient-4194k" << 0.5 << 0.96484375 << 131 << 128
                           << "2,1,3,0,2,5,2,4,5,3,4,4,1,6,5,5,5,6,4,3,6,4,5,6,5,5,5,6,5,5,8,1";
    QTest::newRow("Llama-3.1") << "Meta-Llama-3.1-8B-Instruct" << 0.5 << 0.951171875 << 128 << 128
                               << "2,3,4,1,4,2,2,6,4,6,5,5,2,8,4,5,4,6,3,4,5,2,4,5,3,3,3,4,5,5,8,1";
    QTest::newRow("Mistral v0.2") << "Mistral-7B-Instruct-v0.2" << 0.5 << 0.99609375 << 130 << 128
                                  << "3,4,6,2,4,1,3,3,2,5,2,5,6,1,4,4,5,2,7,5,6,4,3,3,4,4,5,3,4,7,6,7";
    QTest::newRow("Mistral v0.3") << "Mistral-7B-Instruct-v0.3" << 0.5 << 0.994140625 << 128 << 128
                                  << "2,3,5,2,3,4,3,4,1,2,3,5,5,1,5,5,4,2,7,5,5,6,3,4,4,3,6,3,4,7,6,6";
    QTest::newRow("1048k, 0.75") << "Llama-3-8B-Instruct-Gradient-1048k" << 0.75 << 1.0 << 82 << 64 << "";
    QTest::newRow("4194k, 0.75") << "Llama-3-8B-Instruct-Gradient-4194k" << 0.75 << 1.0 << 80 << 64 << "";
    QTest::newRow("Llama-3.1, 0.75") << "Meta-Llama-3.1-8B-Instruct" << 0.75 << 0.99609375 << 66 << 64 << "";
    QTest::newRow("Mistral v0.2, 0.75") << "Mistral-7B-Instruct-v0.2" << 0.75 << 1.0 << 110 << 64 << "";
    QTest::newRow("Mistral v0.3, 0.75") << "Mistral-7B-Instruct-v0.3" << 0.75 << 1.0 << 107 << 64 << "";
}

void TestDuoPlan::publishedPatterns()
{
    QFETCH(QString, model);
    QFETCH(double, sparsity);
    QFETCH(double, threshold);
    QFETCH(int, heads);
    QFETCH(int, exact);
    QFETCH(QString, layers);
    const std::string folder = publishedPattern(model);
    if (folder.empty())
        QSKIP("the published patterns are not at hand");
    const auto file = readDuoPattern(folder);
    QVERIFY(file);
    QCOMPARE(QString::fromStdString(file->model), model);
    const DuoSplit split = splitHeads(file->gates, sparsity, DuoTies::Keep);
    QCOMPARE(split.threshold, threshold);
    QCOMPARE(split.fullHeads(), heads);
    QVERIFY(layers.isEmpty() || counts(split) == layers);
    QCOMPARE(splitHeads(file->gates, sparsity, DuoTies::Break).fullHeads(), exact);
    // As a plan string, with the = in the folder's name.
    const PlanShape shape{int(file->gates.size()), int(file->gates[0].size()), 32};
    const LayerPlan plan = planOf("duo:" + folder + ",ties=keep,sparsity=" + std::to_string(sparsity), shape);
    int full = 0;
    for (const auto& row : plan.layers)
        full += int(std::count_if(row.begin(), row.end(), isFull));
    QCOMPARE(full, heads);
}

void TestDuoPlan::plans_data()
{
    QTest::addColumn<QString>("text"); // % stands for the folder
    QTest::addColumn<QString>("heads");
    QTest::newRow("half") << "duo:%"
                          << "sssf sffs sfsf ssff fsss ffff";
    QTest::newRow("three quarters") << "duo:%,sparsity=0.75"
                                    << "sssf sffs sssf ssss ssss fsfs";
    QTest::newRow("none") << "duo:%,sparsity=1"
                          << "ssss ssss ssss ssss ssss ssss";
    QTest::newRow("all") << "duo:%,sparsity=0"
                         << "ffff ffff ffff ffff ffff ffff";
    // The half is that of the two full layers: 0, 0.75, 0.125, 1 and 0.08, 0, 0.75, 0.77.
    QTest::newRow("in LongGen's full layers") << "longgen:duo=%"
                                              << "ssss ssss sfsf ssff ssss ssss";
    QTest::newRow("in strided LongGen") << "longgen-block:duo=%,full=5,sparsity=0.5"
                                        << "bbbb bbbb bbbb bbbb bbbb fsfs";
}

void TestDuoPlan::plans()
{
    QFETCH(QString, text);
    QFETCH(QString, heads);
    QCOMPARE(letters(planOf(text.replace('%', QString::fromStdString(kSmall)).toStdString())), heads);
}

void TestDuoPlan::streamingHeadsAreAsAsked()
{
    QVERIFY(planOf("duo:" + kSmall).layers[0][0] == HeadPattern(SinkWindowPattern{64, 1, 256}));
    QVERIFY(planOf("duo:" + kSmall + ",sink=16,recent=32").layers[0][0] ==
            HeadPattern(SinkWindowPattern{16, 1, 32}));
    QVERIFY(planOf("duo:" + kSmall + ",prefill=chunk").layers[0][0] ==
            HeadPattern(SinkChunkPattern{64, 256, 32000}));
    QVERIFY(planOf("duo:" + kSmall + ",prefill=chunk,chunk=512,sink=128").layers[0][0] ==
            HeadPattern(SinkChunkPattern{128, 256, 512}));
    const LayerPlan mixed =
        planOf("longgen:sink=128,window=1024,duo=" + kSmall + ",duo-sink=8,recent=9,kv-window=q8_0");
    QVERIFY(mixed.layers[0][0] == HeadPattern(SinkWindowPattern{128, 64, 16}));
    QVERIFY(mixed.layers[2][0] == HeadPattern(SinkWindowPattern{8, 1, 9}));
    QCOMPARE(mixed.kvTypes, std::string("window=q8_0"));
    QCOMPARE(planOf("duo:" + kSmall + "/full_attention_heads.tsv").layerKind(0), std::string("mixed"));
}

void TestDuoPlan::wrongFiles_data()
{
    QTest::addColumn<QByteArray>("table");
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QString>("named");
    QTest::newRow("ragged") << QByteArray("1 2\n3\n") << QByteArray("{}") << "Line 2";
    QTest::newRow("words") << QByteArray("1 2\n3 four\n") << QByteArray("{}") << "Line 2";
    QTest::newRow("not finite") << QByteArray("nan 2\n") << QByteArray("{}") << "Line 1";
    QTest::newRow("joined") << QByteArray("1e-2x 2\n") << QByteArray("{}") << "Line 1";
    QTest::newRow("no numbers") << QByteArray("\n \n") << QByteArray("{}") << "no numbers";
    QTest::newRow("broken config") << QByteArray("1 2\n") << QByteArray("{\"model_name\": ") << "JSON";
}

void TestDuoPlan::wrongFiles()
{
    QFETCH(QByteArray, table);
    QFETCH(QByteArray, config);
    QFETCH(QString, named);
    QTemporaryDir folder;
    for (const auto& [name, bytes] :
         {std::pair("full_attention_heads.tsv", table), {"config.json", config}}) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    const auto read = readDuoPattern(folder.path().toStdString());
    QVERIFY(!read);
    QVERIFY2(QString::fromStdString(read.error().message).contains(named), read.error().message.c_str());
    QVERIFY(!readDuoPattern(folder.filePath("nowhere").toStdString()));
}

void TestDuoPlan::wrongPlans_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("no folder") << "duo"
                               << "folder";
    QTest::newRow("absent folder") << "duo:/nowhere/at/all"
                                   << "/nowhere/at/all";
    QTest::newRow("sparsity") << "duo:%,sparsity=2"
                              << "sparsity=2";
    QTest::newRow("meaning") << "duo:%,prefill=both"
                             << "prefill=both";
    QTest::newRow("no recent") << "duo:%,recent=0"
                               << "recent=0";
    QTest::newRow("chunk of a window") << "duo:%,chunk=64"
                                       << "chunk";
    QTest::newRow("ties") << "duo:%,ties=coin"
                          << "ties=coin";
    QTest::newRow("other option") << "duo:%,window=3"
                                  << "window";
}

void TestDuoPlan::wrongPlans()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const std::string plan = text.replace('%', QString::fromStdString(kSmall)).toStdString();
    const auto refused = readPlan(plan, {6, 4, 8}, {});
    QVERIFY(!refused);
    QVERIFY2(QString::fromStdString(refused.error().message).contains(named),
             refused.error().message.c_str());
    const auto other = readPlan("duo:" + kSmall, {6, 2, 8}, {});
    QVERIFY(!other);
    QVERIFY(QString::fromStdString(other.error().message).contains("Small-Example"));
}

QTEST_GUILESS_MAIN(TestDuoPlan)
#include "tst_duo_plan.moc"
