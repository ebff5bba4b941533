// model quantize, convert and merge as other programs see them, and adapters named on the command line.
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

const QString kMini = QStringLiteral(LECTERN_SOURCE_DIR "/resources/models/lectern-mini.gguf");
const QString kProgram = QStringLiteral(LECTERN_BINARY_DIR "/bin/lectern-cli");

struct Outcome {
    int exitCode = -1;
    QJsonObject json;
};

Outcome run(const QStringList& arguments)
{
    QProcess process;
    process.start(kProgram, arguments + QStringList{"--json"});
    if (!process.waitForFinished(120000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), QJsonDocument::fromJson(process.readAllStandardOutput()).object()};
}

} // namespace

class TestCliModels : public QObject {
    Q_OBJECT

private slots:
    void quantised();
    void mergedWithItself();
    void refused_data();
    void refused();

private:
    QString path(const char* name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

void TestCliModels::quantised()
{
    const Outcome written = run({"model", "quantize", kMini, path("q8.gguf"), "--type", "q8_0"});
    QCOMPARE(written.exitCode, 0);
    QVERIFY(written.json["tensor_types"].toObject()["Q8_0"].toInt() > 80);
    const QJsonObject info = run({"model", "info", path("q8.gguf")}).json;
    QCOMPARE(info["tensor_types"].toObject()["Q8_0"], written.json["tensor_types"].toObject()["Q8_0"]);
    QCOMPARE(info["plan"], run({"model", "info", kMini}).json["plan"]);
    QVERIFY(info["chat_template"].toBool());
    QCOMPARE(info["rope"].toObject()["scaling"].toString(), QStringLiteral("none"));
}

// The mean of a model and itself says what the model says.
void TestCliModels::mergedWithItself()
{
    QCOMPARE(run({"model", "merge", kMini, kMini, "--weight", "0.3", "--out", path("c.gguf"), "--type", "f16"}).exitCode,
             0);
    const QStringList ids{"--ids", "1,300,500,20", "--last", "1"};
    const auto largest = [&](const QString& model) {
        const QJsonObject json = run(QStringList{"logits", model} + ids).json;
        const QVariantList row = json["logits"].toVariant().toList().value(0).toList();
        int best = 0;
        for (int i = 1; i < row.size(); ++i)
            best = row[i].toDouble() > row[best].toDouble() ? i : best;
        return row.isEmpty() ? -1 : best;
    };
    QVERIFY(largest(kMini) >= 0);
    QCOMPARE(largest(path("c.gguf")), largest(kMini));
}

void TestCliModels::refused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("onto itself") << QStringList{"model",          "quantize", path("own.gguf"),
                                                path("own.gguf"), "--type",   "q4_0"}
                                 << 2;
    QTest::newRow("unknown type") << QStringList{"model", "quantize", kMini, path("x.gguf"), "--type", "q9"} << 2;
    QTest::newRow("no type") << QStringList{"model", "quantize", kMini, path("x.gguf")} << 2;
    QTest::newRow("no folder") << QStringList{"model", "convert", "/nowhere", path("x.gguf")} << 3;
    QTest::newRow("no config") << QStringList{"model", "convert", m_folder.path(), path("x.gguf")} << 3;
    QTest::newRow("no disk") << QStringList{"model", "convert", kMini, "/nowhere/x.gguf"} << 4;
    QTest::newRow("other model") << QStringList{"model", "merge", kMini, kProgram, "--out", path("x.gguf")} << 3;
    QTest::newRow("no adapter") << QStringList{"model", "info", kMini, "--adapter", "/nowhere/a.gguf"} << 3;
    QTest::newRow("model as adapter") << QStringList{"model", "info", kMini, "--adapter", kMini} << 3;
    QTest::newRow("scale") << QStringList{"model", "info", kMini, "--adapter", "a.gguf:half"} << 2;
}

void TestCliModels::refused()
{
    QVERIFY(QFile::exists(path("own.gguf")) || QFile::copy(kMini, path("own.gguf")));
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QCOMPARE(run(arguments).exitCode, exitCode);
    QCOMPARE(QFileInfo(path("own.gguf")).size(), QFileInfo(kMini).size());
    QVERIFY(!QFile::exists(path("x.gguf")) && !QFile::exists(path("x.gguf.tmp")));
}

QTEST_GUILESS_MAIN(TestCliModels)
#include "tst_cli_models.moc"
