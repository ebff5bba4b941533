// lectern-cli as other programs see it: JSON on stdout, one line on stderr, exit codes; and what survives kill -9.
#include "app/session/session_store.h"
#include "engine/format/gguf_file.h"
#include "engine/format/gguf_writer.h"
#include "resources/sample/annals_generator.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace lectern;

namespace {

struct Outcome {
    int exitCode = -1;
    QByteArray out, err;
    QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

const QString kMini = QStringLiteral(LECTERN_SOURCE_DIR "/resources/models/lectern-mini.gguf");
const QString kRecall = QStringLiteral(LECTERN_BINARY_DIR "/resources/lectern-recall.gguf");
const QString kProgram = QStringLiteral(LECTERN_BINARY_DIR "/bin/lectern-cli");

} // namespace

class TestCli : public QObject {
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void modelInfo();
    void tokensGoThereAndBack();
    void logitsAsNpy();
    void generateIsRepeatable();
    void askAnswersWithEvidence();
    void planExplainAgreesWithAsk();
    void savedPlanIsTheSamePlan();
    void settledScaleStaysWithTheSession();
    void benchMeasuresAllPlans();
    void errorsAreOneSentence_data();
    void errorsAreOneSentence();
    void killedInMidAnswer();
    void packsARepository();
    void sessionsGoOutAndIn();

private:
    QStringList withStore(QStringList arguments) const
    {
        return QStringList{"--data-dir", m_folder->path()} + arguments;
    }
    Outcome run(const QStringList& arguments, const QByteArray& input = {}) const;
    QString writeFile(const QString& name, const std::string& text) const;
    QString endlessModel() const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

Outcome TestCli::run(const QStringList& arguments, const QByteArray& input) const
{
    QProcess process;
    process.start(kProgram, withStore(arguments));
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(120000))
        return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

QString TestCli::writeFile(const QString& name, const std::string& text) const
{
    QFile file(m_folder->filePath(name));
    return file.open(QIODevice::WriteOnly) && file.write(text.data(), qint64(text.size())) == qint64(text.size())
               ? file.fileName()
               : QString();
}

// The recall model without its rule to stop at a sentence's end: it goes on copying.
QString TestCli::endlessModel() const
{
    const auto file = GgufFile::open(kRecall.toStdString());
    if (!file)
        return {};
    GgufWriter writer;
    for (const auto& [key, value] : (*file)->metadata().entries())
        if (key != "lectern.stop")
            writer.add(key, value);
    for (const TensorEntry& tensor : (*file)->tensors()) {
        const std::vector<std::uint64_t> shape(tensor.shape.begin(), tensor.shape.begin() + tensor.dimensions);
        writer.addTensor(tensor.name, tensor.type, shape, std::span(tensor.data, tensor.bytes));
    }
    const QString path = m_folder->filePath("endless.gguf");
    return writer.write(path.toStdString()) ? path : QString();
}

void TestCli::modelInfo()
{
    const Outcome info = run({"model", "info", kMini, "--json"});
    QCOMPARE(info.exitCode, 0);
    const QJsonObject json = info.json();
    QCOMPARE(json["architecture"].toString(), QStringLiteral("llama"));
    QCOMPARE(json["vocab_size"].toInt(), 16384);
    QVERIFY(json["chat_template"].toBool());
    QVERIFY(json["tensor_types"].toObject().contains("Q4_K"));
    QVERIFY(json["kv_bytes_per_token"].toObject()["full"].toDouble() >
            json["kv_bytes_per_token"].toObject()["longgen"].toDouble());
}

void TestCli::tokensGoThereAndBack()
{
    const QByteArray text = "The vault <|user|> of\n  H\xC3\xA4rbor \xE6\xBC\xA2 is 42.";
    const Outcome ids = run({"tokenize", kMini, "--json"}, text);
    QCOMPARE(ids.exitCode, 0);
    const QJsonArray list = ids.json()["ids"].toArray();
    QVERIFY(list.size() > 10);
    QVERIFY(!list.contains(QJsonValue(4))); // <|user|> stays text
    const Outcome back = run({"tokenize", kMini, "--decode", "--json"}, QJsonDocument(list).toJson());
    QCOMPARE(back.json()["text"].toString().toUtf8(), text);
    const Outcome special = run({"tokenize", kMini, "--special", "--bos", "--json"}, text);
    QCOMPARE(special.json()["ids"].toArray().first().toInt(), 1);
    QVERIFY(special.json()["ids"].toArray().contains(QJsonValue(4)));
}

void TestCli::logitsAsNpy()
{
    const QString out = m_folder->filePath("logits.npy");
    const Outcome logits = run({"logits", kMini, "--ids", "1,6,430", "--last", "2", "--out", out, "--json"});
    QCOMPARE(logits.exitCode, 0);
    QCOMPARE(logits.json()["rows"].toInt(), 2);
    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith("\x93NUMPY"));
    const int header = 10 + static_cast<unsigned char>(bytes[8]) + 256 * static_cast<unsigned char>(bytes[9]);
    QCOMPARE(header % 64, 0);
    QCOMPARE(bytes.size(), header + 2 * 16384 * 4);
}

void TestCli::generateIsRepeatable()
{
    const Outcome first = run({"generate", kMini, "--max-tokens", "12", "--json"}, "Once upon a time");
    const Outcome again = run({"generate", kMini, "--max-tokens", "12", "--json", "--threads", "1"}, "Once upon a time");
    QCOMPARE(first.exitCode, 0);
    QVERIFY(!first.json()["text"].toString().isEmpty());
    QCOMPARE(first.json()["ids"].toArray(), again.json()["ids"].toArray());
}

void TestCli::askAnswersWithEvidence()
{
    const QString doc = writeFile("notes.md", "# Notes\n\nClara lives in Vienna. The code of the gate is 8812.\n");
    const Outcome ask = run({"ask", "--doc", doc, "What is the code of the gate?", "--json"});
    QCOMPARE(ask.exitCode, 0);
    const QJsonObject json = ask.json();
    QVERIFY(json["answer"].toString().contains("8812"));
    const QJsonObject evidence = json["evidence"].toArray().first().toObject();
    QCOMPARE(evidence["text"].toString(), QStringLiteral("The code of the gate is 8812."));
    QCOMPARE(evidence["line"].toInt(), 3);
    for (const char* field : {"session", "prompt_tokens", "reused_tokens", "answer_tokens", "stop_reason", "timing", "kv"})
        QVERIFY2(json.contains(field), field);
    const Outcome next = run({"ask", "--session", QString::number(json["session"].toInt()), "Where does Clara live?", "--json"});
    QVERIFY(next.json()["answer"].toString().contains("Vienna"));
    const Outcome show = run({"sessions", "show", QString::number(json["session"].toInt()), "--json"});
    QCOMPARE(show.json()["messages"].toArray().size(), 4);
}

void TestCli::planExplainAgreesWithAsk()
{
    const std::string text = generateAnnals().text.substr(0, 15000);
    const QString doc = writeFile("annals.txt", text);
    const Outcome ask = run({"ask", "--model", kRecall, "--plan", "longgen", "--doc", doc, "These are the annals of", "--json"});
    QCOMPARE(ask.exitCode, 0);
    const QJsonObject kv = ask.json()["kv"].toObject();
    const Outcome plan = run({"plan", "explain", "longgen", "--model", kRecall, "--context",
                              QString::number(kv["context"].toInt()), "--json"});
    QCOMPARE(plan.json()["saved_fraction"].toDouble(), kv["saved_fraction"].toDouble());
    QCOMPARE(plan.json()["bytes"].toDouble(), kv["bytes"].toDouble());
    QCOMPARE(plan.json()["layers"].toArray().size(), kv["layers"].toArray().size());
}

void TestCli::savedPlanIsTheSamePlan()
{
    const QString file = m_folder->filePath("mine.json");
    const QStringList choices{"--model", kMini, "--context", "9000", "--json"};
    QCOMPARE(run(QStringList{"plan", "save", "longgen:full=top,count=2,kv-full=q8_0", file, "--positions", "ntk:2"} +
                 choices)
                 .exitCode,
             0);
    QJsonObject saved = run(QStringList{"plan", "explain", file} + choices).json();
    const QJsonObject asked =
        run(QStringList{"plan", "explain", "longgen:full=top,count=2,kv-full=q8_0", "--positions", "ntk:2"} + choices)
            .json();
    QCOMPARE(saved, asked);
    QCOMPARE(saved["positions"].toString(), QString("ntk:2"));
    QCOMPARE(saved["kv_type"].toString(), QString("full=q8_0,window=f16"));
    QCOMPARE(saved["full_heads"].toInt(), 4);
    const QJsonObject head = saved["layers"].toArray().at(11)["heads"].toArray().at(1).toObject();
    QCOMPARE(head["kv_type"].toString(), QString("q8_0"));
    QCOMPARE(head["kept_tokens"].toInt(), 9000);
}

// A scale chosen by the length of the first prompt is that of the whole session, whatever is added.
void TestCli::settledScaleStaysWithTheSession()
{
    const std::string text = generateAnnals().text;
    const QStringList choices{"--model", kMini, "--positions", "e2:window=1000", "--max-tokens", "4", "--json"};
    const auto plan = [&] {
        const auto store = SessionStore::open(m_folder->filePath("lectern.sqlite").toStdString());
        return store ? QString::fromStdString(store->session(SessionId(1)).value().plan) : QString();
    };
    const Outcome first =
        run(QStringList{"ask", "Who rules?", "--doc", writeFile("one.txt", text.substr(0, 6000))} + choices);
    QVERIFY2(first.exitCode == 0, first.err);
    const QString settled = QJsonDocument::fromJson(plan().toUtf8()).object()["positions"].toString();
    QVERIFY2(settled.startsWith("e2:"), qPrintable(settled));
    const Outcome second = run(QStringList{"ask", "Who rules now?", "--session", "1", "--doc",
                                           writeFile("two.txt", text.substr(6000, 9000))} +
                               choices);
    QVERIFY2(second.exitCode == 0, second.err);
    QCOMPARE(QJsonDocument::fromJson(plan().toUtf8()).object()["positions"].toString(), settled);
    const Outcome other = run(QStringList{"ask", "Who rules?", "--doc", m_folder->filePath("two.txt")} + choices);
    QVERIFY2(other.exitCode == 0, other.err);
    QVERIFY(second.json()["prompt_tokens"].toInt() > first.json()["prompt_tokens"].toInt() + 1000);
}

void TestCli::benchMeasuresAllPlans()
{
    const Outcome bench = run({"bench", kMini, "--contexts", "256,3000", "--plans", "full,auto", "--decode", "4", "--repeat",
                               "2", "--json"});
    QCOMPARE(bench.exitCode, 0);
    const QJsonArray rows = bench.json()["rows"].toArray();
    QCOMPARE(rows.size(), 4);
    for (const QJsonValue& row : rows) {
        QVERIFY(row["prefill_ms"].toDouble() > 0);
        QVERIFY(row["decode_ms_per_token"].toDouble() > 0);
    }
    QCOMPARE(rows[2]["kv_bytes"].toDouble(), rows[2]["full_attention_kv_bytes"].toDouble());
    QVERIFY(rows[3]["kv_bytes"].toDouble() < rows[3]["full_attention_kv_bytes"].toDouble());
}

void TestCli::errorsAreOneSentence_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("code");
    QTest::newRow("no command") << QStringList{} << 2 << QString();
    QTest::newRow("unknown command") << QStringList{"fly"} << 2 << QString();
    QTest::newRow("unknown positions")
        << QStringList{"plan", "explain", "full", "--positions", "afar", "--model", kMini} << 2 << "usage";
    QTest::newRow("chunks and a model made for less")
        << QStringList{"plan", "explain", "full", "--positions", "dca:chunk=9999999,local=1", "--model", kMini} << 2
        << "usage";
    QTest::newRow("no plan file") << QStringList{"plan", "explain", "/nowhere.json", "--model", kMini} << 3 << "not_found";
    QTest::newRow("unknown plan") << QStringList{"plan", "explain", "zigzag", "--model", kMini} << 2 << "usage";
    QTest::newRow("missing model") << QStringList{"model", "info", "/nowhere/x.gguf"} << 3 << "not_found";
    QTest::newRow("not a model") << QStringList{"model", "info", kProgram} << 3 << "bad_input";
    QTest::newRow("nothing to ask about") << QStringList{"ask", "Why?"} << 2 << "usage";
    QTest::newRow("missing document") << QStringList{"ask", "--doc", "/nowhere/a.txt", "Why?"} << 3 << QString();
    QTest::newRow("missing session") << QStringList{"sessions", "show", "99"} << 3 << "not_found";
    QTest::newRow("bad ids") << QStringList{"logits", kMini, "--ids", "1,x"} << 2 << "usage";
    QTest::newRow("ids outside") << QStringList{"logits", kMini, "--ids", "99999999"} << 2 << "usage";
    QTest::newRow("no gpu here") << QStringList{"logits", kMini, "--ids", "1", "--device", "cuda"} << 5 << "device";
    QTest::newRow("too much memory") << QStringList{"logits", kMini, "--ids", "1", "--context", "1000000000"} << 4
                                     << "out_of_memory";
}

void TestCli::errorsAreOneSentence()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(QString, code);
    const Outcome outcome = run(arguments + QStringList{"--json"});
    QCOMPARE(outcome.exitCode, exitCode);
    QVERIFY(!outcome.err.trimmed().isEmpty());
    if (code.isEmpty())
        return;
    QCOMPARE(outcome.err.trimmed().count('\n'), 0);
    QCOMPARE(outcome.json()["error"].toObject()["code"].toString(), code);
}

void TestCli::killedInMidAnswer()
{
    const Annals annals = generateAnnals();
    const QString doc = writeFile("annals.txt", annals.text.substr(0, 12000));
    const QString model = endlessModel();
    QVERIFY(!model.isEmpty());
    const QString question = QString::fromStdString(annals.facts.front().start);
    QProcess process;
    process.start(kProgram, withStore({"ask", "--model", model, "--doc", doc, "--max-tokens", "5000", question}));
    const std::string path = m_folder->filePath("lectern.sqlite").toStdString();
    const auto answer = [&]() -> std::string {
        const auto store = SessionStore::open(path, {StoreMode::ReadOnly});
        const auto sessions = store ? store->sessions() : Result<std::vector<SessionInfo>>();
        if (!store || !sessions || sessions->empty())
            return {};
        const auto messages = store->messages(sessions->front().id);
        return messages && messages->size() == 2 ? messages->at(1).text : std::string();
    };
    QTRY_VERIFY_WITH_TIMEOUT(answer().size() > 40, 60000);
    process.kill();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);

    const Outcome list = run({"sessions", "list", "--json"});
    QCOMPARE(list.exitCode, 0);
    const int session = list.json()["sessions"].toArray().first().toObject()["id"].toInt();
    const QJsonArray messages = run({"sessions", "show", QString::number(session), "--json"}).json()["messages"].toArray();
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages[0].toObject()["text"].toString(), question);
    QCOMPARE(messages[1].toObject()["state"].toString(), QStringLiteral("interrupted"));
    QVERIFY(messages[1].toObject()["text"].toString().size() > 40);
}

// The counts of `repo tree` are those of `tokenize` on the text of `repo pack`, for file, folder and whole.
void TestCli::packsARepository()
{
    QVERIFY(QDir(m_folder->path()).mkpath("r/src/deep"));
    for (int i = 0; i < 12; ++i)
        writeFile(QStringLiteral("r/src/%1f%2.txt").arg(i % 2 ? "deep/" : "").arg(i),
                  "The code of gate " + std::to_string(i) + " is " + std::to_string(i * 997) + ".\n\nNext line.\n");
    writeFile("r/.env", "KEY=1\n");
    const QString folder = m_folder->filePath("r");
    const Outcome packed = run({"repo", "pack", folder, "--json"});
    QVERIFY2(packed.exitCode == 0, packed.err);
    QVERIFY(packed.err.contains(".env was left out: it may hold secrets."));
    const QByteArray text = packed.json()["text"].toString().toUtf8();
    QVERIFY(text.contains("file: src/f0.txt\n1: The code of gate 0 is 0.\n2: \n3: Next line.\n"));
    const Outcome tokens = run({"tokenize", kMini, "--file", "-", "--json"}, text);
    const int count = int(tokens.json()["ids"].toArray().size());
    QVERIFY(count > 100);
    QCOMPARE(packed.json()["tokens"].toInt(), count);
    int inFiles = 0;
    for (const QJsonValue& file : packed.json()["files"].toArray())
        inFiles += file["tokens"].toInt();
    int ofSrc = -1;
    for (const QJsonValue& row : packed.json()["folders"].toArray())
        ofSrc = row["path"].toString() == "src/" ? row["tokens"].toInt() : ofSrc;
    QCOMPARE(ofSrc, inFiles);
    const int budget = count * 2 / 3;
    const Outcome less = run({"repo", "pack", folder, "--json", "--budget", QString::number(budget)});
    QVERIFY2(less.exitCode == 0, less.err);
    QVERIFY(less.json()["tokens"].toInt() <= budget);
    QVERIFY(less.json()["left_out_for_budget"].toInt() > 0);
    const Outcome only = run({"repo", "tree", folder, "--include", "deep/", "--exclude", "f11.txt"});
    QVERIFY2(only.out.contains("f1.txt") && !only.out.contains("f0.txt") && !only.out.contains("f11.txt"), only.out);
    QCOMPARE(run({"repo", "pack", folder, "--preset", "nosuch"}).exitCode, 2);
}

void TestCli::sessionsGoOutAndIn()
{
    const Outcome read = run({"ingest", writeFile("a.txt", "The gate is blue.\n"), "--name", "First", "--json"});
    QVERIFY2(read.exitCode == 0, read.err);
    const QString id = QString::number(read.json()["session"].toInt());
    const QString file = m_folder->filePath("out.json");
    QCOMPARE(run({"sessions", "export", id, "--format", "json", "--out", file}).exitCode, 0);
    const Outcome taken = run({"sessions", "import", file, "--json"});
    QVERIFY2(taken.exitCode == 0, taken.err);
    QCOMPARE(taken.json()["documents"].toInt(), 1);
    QCOMPARE(run({"sessions", "rename", id, "Renamed"}).exitCode, 0);
    const Outcome shown = run({"sessions", "export", id});
    QVERIFY2(shown.out.startsWith("# Renamed\n"), shown.out);
    QCOMPARE(run({"sessions", "export", id, "--format", "pdf", "--out", m_folder->filePath("out.pdf")}).exitCode, 0);
    QVERIFY(QFileInfo(m_folder->filePath("out.pdf")).size() > 1000);
    QCOMPARE(run({"sessions", "export", id, "--format", "doc"}).exitCode, 2);
    QCOMPARE(run({"sessions", "import", m_folder->filePath("a.txt")}).exitCode, 3);
    QCOMPARE(run({"sessions", "delete", id}).exitCode, 0);
    QVERIFY(run({"sessions", "trash"}).out.contains("Renamed"));
    QCOMPARE(run({"sessions", "restore", id}).exitCode, 0);
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
