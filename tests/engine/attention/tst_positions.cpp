// Position methods: Dual Chunk Attention's matrices as the paper and the code have them, what each method's
// string means, and what is said about wrong ones.
#include "engine/attention/token_rotation.h"

#include <QtTest>

#include <cmath>

using namespace lectern;

namespace {

ModelPositions plainModel(std::int64_t contextLength = 4096)
{
    ModelPositions model;
    model.rope.dimensions = 64;
    model.contextLength = contextLength;
    return model;
}

LayerPlan planOf(const std::string& text = "full")
{
    return parsePlan(text, {12, 2, 2}, {}).value();
}

std::string resolved(const std::string& text, const ModelPositions& model, std::int64_t context = 4096)
{
    const auto plan = resolvePositions(text, model, planOf(), context);
    return plan ? plan->text : plan.error().message;
}

QString matrixRow(const DualChunk& dual, std::int64_t query)
{
    QStringList row;
    for (std::int64_t key = 0; key <= query; ++key)
        row << QString::number(dual.relativePosition(query, key));
    return row.join(u' ');
}

// The released code's tables (ChunkLlama, chunkllama_attn_replace.py), written out.
std::int64_t codesRelative(std::int64_t chunkSize, std::int64_t local, std::int64_t query, std::int64_t key)
{
    const std::int64_t chunkLength = chunkSize - local;
    std::vector<std::int64_t> successor;
    for (std::int64_t i = 0; i < chunkLength; ++i)
        successor.push_back(std::min(i + chunkLength, chunkSize));
    const std::int64_t apart = query / chunkLength - key / chunkLength;
    const std::int64_t at = apart == 0   ? query % chunkLength
                            : apart == 1 ? successor[std::size_t(query % chunkLength)]
                                         : successor.back();
    return at - key % chunkLength;
}

} // namespace

class TestPositions : public QObject {
    Q_OBJECT

private slots:
    void goldenMatrix_data();
    void goldenMatrix();
    void codeVariantIsItsTables();
    void relativePositionsAreBounded();
    void methodsAreResolved_data();
    void methodsAreResolved();
    void layersOfAMethod();
    void lengthScales();
    void turnedKeysAreTheRotation();
    void proLongsBasesStayExact();
    void wrongMethods_data();
    void wrongMethods();
};

// Worked out by hand from the rules.
void TestPositions::goldenMatrix_data()
{
    QTest::addColumn<bool>("paper");
    QTest::addColumn<int>("query");
    QTest::addColumn<QString>("row");
    // The paper's figure 2: s = 6, c = 10, w = 4.
    for (int query = 0; query < 10; ++query) {
        QStringList row;
        for (int key = 0; key <= query; ++key)
            row << QString::number(query - key);
        QTest::addRow("paper, row %d", query) << true << query << row.join(u' ');
    }
    QTest::newRow("paper, row 10") << true << 10 << "9 8 7 6 5 4 4 3 2 1 0";
    QTest::newRow("paper, row 11") << true << 11 << "9 8 7 6 5 4 5 4 3 2 1 0";
    QTest::newRow("paper, row 12") << true << 12 << "9 8 7 6 5 4 6 5 4 3 2 1 0";
    QTest::newRow("paper, row 17") << true << 17 << "9 8 7 6 5 4 9 8 7 6 5 4 5 4 3 2 1 0";
    // The code with chunk_size 6 and local 2: chunk_len 4, so the third chunk begins at 8.
    QTest::newRow("code, row 3") << false << 3 << "3 2 1 0";
    QTest::newRow("code, row 5") << false << 5 << "5 4 3 2 1 0";
    QTest::newRow("code, row 6") << false << 6 << "6 5 4 3 2 1 0";
    QTest::newRow("code, row 7") << false << 7 << "6 5 4 3 3 2 1 0";
    QTest::newRow("code, row 8") << false << 8 << "6 5 4 3 4 3 2 1 0";
    QTest::newRow("code, row 11") << false << 11 << "6 5 4 3 6 5 4 3 3 2 1 0";
}

void TestPositions::goldenMatrix()
{
    QFETCH(bool, paper);
    QFETCH(int, query);
    QFETCH(QString, row);
    QCOMPARE(matrixRow(paper ? DualChunk::ofPaper(6, 4) : DualChunk::ofCode(6, 2), query), row);
}

void TestPositions::codeVariantIsItsTables()
{
    const std::pair<int, int> settings[] = {{6, 2}, {3072, 512}, {12, 0}, {9, 8}, {20, 13}, {64, 32}};
    for (const auto& [chunkSize, local] : settings) {
        const DualChunk dual = DualChunk::ofCode(chunkSize, local);
        const std::int64_t length = 4 * (chunkSize - local) + 3;
        const std::int64_t step = 1 + length / 200;
        for (std::int64_t query = 0; query < length; query += step)
            for (std::int64_t key = 0; key <= query; key += step)
                QCOMPARE(dual.relativePosition(query, key), codesRelative(chunkSize, local, query, key));
    }
}

void TestPositions::relativePositionsAreBounded()
{
    for (const DualChunk& dual : {DualChunk::ofPaper(3072, 1024), DualChunk::ofCode(3072, 512)}) {
        for (std::int64_t query = 0; query < 131072; query += 61) {
            for (std::int64_t key = 0; key <= query; key += 59) {
                const std::int64_t relative = dual.relativePosition(query, key);
                QVERIFY(relative >= 0 && relative <= dual.farthest);
                // Up to the local window before its chunk, a query sees keys where they are.
                if (key / dual.stretch == query / dual.stretch ||
                    (query - key < dual.farthest - dual.stretch &&
                     query % dual.stretch + dual.stretch <= dual.farthest))
                    QCOMPARE(relative, query - key);
            }
        }
    }
}

void TestPositions::methodsAreResolved_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("context");
    QTest::addColumn<QString>("meaning");
    const auto row = [](const char* text, qint64 context, const char* meaning) {
        QTest::addRow("%s at %lld", text, static_cast<long long>(context)) << text << context << meaning;
    };
    row("", 100, "model");
    row("auto", 100, "model");
    row("model", 100, "model");
    row("linear:8", 100, "linear:8");
    row("linear:2.5", 100, "linear:2.5");
    row("ntk:4", 100, "ntk:4");
    row("dynamic", 100, "dynamic:1");
    row("dynamic:2", 100, "dynamic:2");
    row("yarn:16", 100, "yarn:16");
    // E2-LLM's table: 16K -> 4, 32K -> 8, 64K -> 16; one more token needs one more.
    row("e2", 100, "e2:1");
    row("e2", 4096, "e2:1");
    row("e2", 4097, "e2:2");
    row("e2", 16384, "e2:4");
    row("e2:auto", 32768, "e2:8");
    row("e2", 65536, "e2:16");
    row("e2:3", 65536, "e2:3");
    row("e2:auto,window=8192", 65536, "e2:8,window=8192");
    row("e2:window=8192", 65536, "e2:8,window=8192");
    row("e2:grow", 65536, "e2:grow");
    // ChunkLlama's numbers for a context of 4096: chunk_size 3072, local_window 512; the paper's s = 3072, w
    // = 1024.
    row("dca", 100, "dca:chunk=3072,local=512,variant=code");
    row("dca:variant=paper", 100, "dca:chunk=3072,local=1024,variant=paper");
    row("dca:chunk=1024,local=256", 100, "dca:chunk=1024,local=256,variant=code");
    row("dca:mscale=chunkllama", 100,
        "dca:chunk=3072,local=512,variant=code,mscale=chunkllama,original=4096");
    row("dca:mscale=qwen,original=1000,layers=2-3", 100,
        "dca:chunk=3072,local=512,variant=code,mscale=qwen,original=1000,layers=2-3");
}

void TestPositions::methodsAreResolved()
{
    QFETCH(QString, text);
    QFETCH(qint64, context);
    QFETCH(QString, meaning);
    const std::string once = resolved(text.toStdString(), plainModel(), context);
    QCOMPARE(QString::fromStdString(once), meaning);
    // What is recorded with a session means the same again, whatever the context has become.
    if (text != QLatin1String("model"))
        QCOMPARE(resolved(once, plainModel(), 9 * context), once);
}

void TestPositions::layersOfAMethod()
{
    ModelPositions model = plainModel();
    const auto onFull =
        resolvePositions("dca:layers=full", model, parsePlan("longgen", {12, 2, 2}, {}).value(), 100).value();
    for (int layer = 0; layer < 12; ++layer)
        QCOMPARE(onFull.of(layer).dual.has_value(), layer >= 4 && layer < 8);
    QVERIFY(onFull.anyDual());
    const auto listed = resolvePositions("dca:layers=0+11", model, planOf(), 100).value();
    QVERIFY(listed.of(0).dual && !listed.of(5).dual && listed.of(11).dual);
    // Layers with a window that turn by themselves are left alone.
    model.windows = std::vector<std::int64_t>(12, 0);
    model.windows[3] = 512;
    model.windowRope = model.rope;
    model.windowRope->base = 5;
    const auto windowed = resolvePositions("linear:4", model, planOf(), 100).value();
    QCOMPARE(windowed.of(3).rope.base, 5.0);
    QCOMPARE(windowed.of(3).rope.positionScale, 1.0);
    QCOMPARE(windowed.of(4).rope.positionScale, 0.25);
    // A model's own numbers, without being asked, and a plan's wish.
    model = plainModel(1010000);
    model.dualChunk = DualChunkConfig{262144, 8192, 262144};
    const auto own = resolvePositions("auto", model, planOf(), 100).value();
    QCOMPARE(own.of(0).dual->stretch, std::int64_t(253952));
    QCOMPARE(own.of(0).dual->farthest, std::int64_t(262144));
    QCOMPARE(own.of(0).lengthScale, LengthScale::Qwen);
    LayerPlan plan = planOf();
    plan.positions = "ntk:2";
    QCOMPARE(resolvePositions("auto", plainModel(), plan, 100).value().text, std::string("ntk:2"));
    QCOMPARE(resolvePositions("model", plainModel(), plan, 100).value().text, std::string("model"));
}

void TestPositions::lengthScales()
{
    LayerPositions positions;
    positions.lengthOriginal = 4096;
    QCOMPARE(keyFactor(positions, 100000), 1.0);
    positions.lengthScale = LengthScale::ChunkLlama;
    QCOMPARE(keyFactor(positions, 4096), 1.0);
    QCOMPARE(keyFactor(positions, 100), 1.0);
    QCOMPARE(keyFactor(positions, 32768), 0.05 * std::log(8.0) + 1);
    QCOMPARE(queryFactor(positions, 32768), 0.05 * std::log(8.0) + 1);
    positions.lengthScale = LengthScale::Qwen;
    QCOMPARE(keyFactor(positions, 32768), 0.1 * std::log(8.0) + 1);
    QCOMPARE(queryFactor(positions, 32768), 1.0);
    positions.lengthOriginal = 0; // the configuration's way to say: none
    QCOMPARE(keyFactor(positions, 32768), 1.0);
}

// A key turned by its page and then within it is the key turned at once.
void TestPositions::turnedKeysAreTheRotation()
{
    for (const RopeLayout layout : {RopeLayout::Norm, RopeLayout::Neox}) {
        RopeSettings rope;
        rope.layout = layout;
        rope.dimensions = 48; // of 64
        rope.base = 500000;
        rope.scaling.kind = RopeScalingKind::E2;
        rope.scaling.originalContext = 8192;
        RopeTable table(rope);
        for (const std::int64_t context : {8192, 600000}) {
            table.setContext(context);
            KeyAngles angles;
            angles.set(table, context);
            for (const std::int64_t position : {0, 1, 63, 64, 8191, 131071, 524287}) {
                if (position >= context)
                    continue;
                std::vector<float> wanted(64), got(64);
                for (std::size_t i = 0; i < 64; ++i)
                    wanted[i] = got[i] = std::sin(float(i) + 1);
                table.fill(position, 1);
                applyRope(table, 0, wanted.data(), 1, 64);
                angles.turn(position, got.data());
                for (std::size_t i = 0; i < 64; ++i)
                    QVERIFY(std::abs(wanted[i] - got[i]) <= 4e-7f);
            }
        }
    }
}

// ProLong: 8e6 at 64K, 1.28e8 at 512K. The angle of the slowest pair is small, and must not be 0 or off by
// its rounding.
void TestPositions::proLongsBasesStayExact()
{
    for (const double base : {8e6, 1.28e8}) {
        RopeSettings rope;
        rope.dimensions = 128;
        rope.base = base;
        RopeTable table(rope);
        for (const std::int64_t position : {65535, 131071, 524287}) {
            table.fill(position, 1);
            for (int pair = 0; pair < 64; ++pair) {
                const long double angle = position * std::pow((long double)base, -2.0L * pair / 128);
                QVERIFY(std::abs(table.cosRow(0)[pair] - std::cos(angle)) <= 6.1e-8L);
                QVERIFY(std::abs(table.sinRow(0)[pair] - std::sin(angle)) <= 6.1e-8L);
            }
        }
    }
}

void TestPositions::wrongMethods_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    for (const auto& [text, named] : {std::pair("liner:4", "liner"),
                                      {"linear", "linear"},
                                      {"linear:x", "x"},
                                      {"linear:0.5", "0.5"},
                                      {"yarn", "yarn"},
                                      {"yarn:nan", "nan"},
                                      {"ntk:-2", "-2"},
                                      {"dynamic:x", "x"},
                                      {"e2:0", "0"},
                                      {"e2:1.5", "1.5"},
                                      {"e2:many", "many"},
                                      {"e2:2,window=0", "window=0"},
                                      {"model:factor=4", "factor"},
                                      {"dca:chunk=512,local=512", "512"},
                                      {"dca:chunk=512,local=600,variant=paper", "600"},
                                      {"dca:chunk=0", "chunk=0"},
                                      {"dca:variant=both", "both"},
                                      {"dca:mscale=big", "big"},
                                      {"dca:chunk=5000,local=10", "5000"},
                                      {"dca:layers=12", "layers=12"},
                                      {"dca:stride=4", "stride"},
                                      {"dca:original=0", "original=0"}})
        QTest::newRow(text) << text << named;
}

void TestPositions::wrongMethods()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto plan = resolvePositions(text.toStdString(), plainModel(), planOf(), 4096);
    QVERIFY(!plan);
    QCOMPARE(plan.error().code, ErrorCode::Usage);
    const QString message = QString::fromStdString(plan.error().message);
    QVERIFY2(message.contains(named) && message.endsWith(u'.'), qPrintable(message));
    QVERIFY(!plan.error().hint.empty());
    // Scaling and Dual Chunk Attention exclude each other, in the file too.
    ModelPositions model = plainModel();
    model.rope.scaling.kind = RopeScalingKind::Yarn;
    QVERIFY(QString::fromStdString(resolved("dca", model)).contains("Dual Chunk Attention"));
    model.dualChunk = DualChunkConfig{1024, 128, 0};
    QVERIFY(QString::fromStdString(resolved("model", model)).contains("Dual Chunk Attention"));
}

QTEST_GUILESS_MAIN(TestPositions)
#include "tst_positions.moc"
