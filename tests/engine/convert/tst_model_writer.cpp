// Models written anew: Hugging Face folders become the GGUF file of the same weights, matrices of every type
// are what packing gives, merged checkpoints are the mean; stopped or refused writing leaves nothing.
#include "engine/convert/model_writer.h"
#include "engine/format/gguf_file.h"
#include "engine/quant/quant_types.h"
#include "engine/text/vocabulary.h"
#include "tests/support/hf_writer.h"
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"

#include <QDir>
#include <QtTest>

#include <cmath>
#include <cstring>

using namespace lectern;
using namespace lectern::test;
using nlohmann::json;

namespace {

// As many pieces as the random models have tokens.
json smallTokenizer()
{
    json vocabulary = json::object(), merges = json::array();
    const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST";
    vocabulary["<unk>"] = 0;
    for (int i = 1; i < kGoldenVocabulary - 1; ++i)
        vocabulary[std::string(1, letters[i - 1])] = i;
    vocabulary["ab"] = kGoldenVocabulary - 1;
    return {{"model",
             {{"type", "BPE"},
              {"vocab", vocabulary},
              {"merges", json::array({json::array({"a", "b"})})},
              {"unk_token", "<unk>"}}}};
}

std::vector<float> valuesOf(const TensorEntry& tensor)
{
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    quantType(tensor.type)->unpackRow(tensor.data, values.data(), values.size());
    return values;
}

std::string folderOf(const QTemporaryDir& place, const QString& name, const std::string& model,
                     const RandomGguf& file)
{
    QDir(place.path()).mkdir(name);
    const std::string folder = place.filePath(name).toStdString();
    const std::string wrong = writeHf(hfModelOf(model, file), folder, 2) +
                              writeText(folder + "/tokenizer.json", smallTokenizer().dump());
    return wrong.empty() ? folder : std::string();
}

} // namespace

class TestModelWriter : public QObject {
    Q_OBJECT

private slots:
    void foldersBecomeFiles_data();
    void foldersBecomeFiles();
    void everyTypeIsPacked_data();
    void everyTypeIsPacked();
    void typesFitTheirRows();
    void merged_data();
    void merged();
    void differentModelsAreNotMerged();
    void progressEndsAtTheTotal();
    void stoppedLeavesNothing();

private:
    Result<WriteReport> write(const TensorSource& source, const QString& name,
                              const WriteSettings& settings = {})
    {
        return writeModel(source, m_place.filePath(name).toStdString(), settings, m_pool);
    }
    Result<std::shared_ptr<const GgufFile>> opened(const QString& name) const
    {
        return GgufFile::open(m_place.filePath(name).toStdString());
    }
    QTemporaryDir m_place;
    ThreadPool m_pool{2};
};

void TestModelWriter::foldersBecomeFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("type");
    for (const std::string& name : randomArchitectureNames())
        for (const char* type : {"F32", "F16"})
            if (name != "llama-fused")
                QTest::addRow("%s %s", name.c_str(), type) << QString::fromStdString(name) << type;
}

// Byte for byte the tensors of the GGUF file, which another engine's goldens are about.
void TestModelWriter::foldersBecomeFiles()
{
    QFETCH(QString, name);
    QFETCH(QString, type);
    const RandomGguf wanted =
        randomArchitecture(name.toStdString(), *tensorTypeByName(type.toStdString()), 3);
    const std::string folder = folderOf(m_place, name + type, name.toStdString(), wanted);
    QVERIFY(!folder.empty());
    const auto source = openTensorSource(folder);
    QVERIFY2(source, source ? "" : source.error().message.c_str());
    const auto report = write(*source, "converted.gguf");
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto file = opened("converted.gguf");
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE((*file)->tensors().size(), wanted.tensors.size());
    for (const auto& [tensor, contents] : wanted.tensors) {
        const TensorEntry* got = (*file)->find(tensor);
        QVERIFY2(got && got->type == contents.type, tensor.c_str());
        if (name.startsWith("gemma") && tensor.ends_with("norm.weight")) { // one subtracted and added again
            std::vector<float> values(contents.bytes.size() / 4);
            std::memcpy(values.data(), contents.bytes.data(), contents.bytes.size());
            const auto read = valuesOf(*got);
            for (std::size_t i = 0; i < values.size(); ++i)
                QVERIFY2(std::abs(read[i] - values[i]) < 3e-7f, tensor.c_str());
            continue;
        }
        QCOMPARE(got->bytes, std::uint64_t(contents.bytes.size()));
        QVERIFY2(std::memcmp(got->data, contents.bytes.data(), contents.bytes.size()) == 0, tensor.c_str());
    }
    const auto vocabulary = readVocabulary((*file)->metadata());
    QVERIFY2(vocabulary, vocabulary ? "" : vocabulary.error().message.c_str());
    QCOMPARE(vocabulary->pieces.size(), std::size_t(kGoldenVocabulary));

    // The numbers: what both compute.
    const ModelFixture fixture(wanted);
    const auto model = Model::open(m_place.filePath("converted.gguf").toStdString());
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto tokens = randomTokens(90, kGoldenVocabulary, 2);
    const RowErrors errors = rowErrors(modelLogits(*model, fixture.plan("full"), tokens, {80, 10}),
                                       fixture.logits(fixture.plan("full"), tokens, {80, 10}));
    QVERIFY2(errors.worst < 2e-4, qPrintable(QString::number(errors.worst)));
}

void TestModelWriter::everyTypeIsPacked_data()
{
    QTest::addColumn<QString>("type");
    for (const QuantType& row : quantTypes())
        if (row.packRow) {
            const QString name = QString::fromStdString(std::string(tensorTypeInfo(row.type)->name));
            QTest::newRow(qPrintable(name)) << name;
        }
}

void TestModelWriter::everyTypeIsPacked()
{
    QFETCH(QString, type);
    RandomShape shape;
    shape.headDim = 64; // rows of 256 numbers
    const RandomGguf original(shape);
    QCOMPARE(original.write(m_place.filePath("original.gguf").toStdString()), std::string());
    const auto source = openTensorSource(m_place.filePath("original.gguf").toStdString());
    QVERIFY(source);
    WriteSettings settings;
    settings.type = writableType(type.toLower().toStdString()).value();
    const auto report = write(*source, "packed.gguf", settings);
    QVERIFY2(report, report ? "" : report.error().message.c_str());
    const auto file = opened("packed.gguf");
    QVERIFY(file);
    for (const auto& [name, tensor] : original.tensors) {
        const TensorEntry* got = (*file)->find(name);
        QVERIFY(got);
        const bool matrix = tensor.shape.size() == 2;
        const bool head = name == "output.weight" && got->type == TensorType::Q6_K;
        QVERIFY2(got->type == (matrix ? *settings.type : TensorType::F32) || head, name.c_str());
        std::vector<float> values(tensor.bytes.size() / 4);
        std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
        std::vector<std::byte> packed(got->bytes);
        const std::uint64_t cols = tensor.shape[0], rowBytes = tensorBytes(*tensorTypeInfo(got->type), cols);
        for (std::uint64_t row = 0; row < values.size() / cols; ++row)
            quantType(got->type)->packRow(values.data() + row * cols, packed.data() + row * rowBytes, cols);
        QVERIFY2(std::memcmp(packed.data(), got->data, packed.size()) == 0, name.c_str());
    }
    QVERIFY(Model::open(m_place.filePath("packed.gguf").toStdString()));
}

void TestModelWriter::typesFitTheirRows()
{
    const auto stored = [](const char* name, std::uint64_t cols, TensorType wanted) {
        SourceTensor tensor;
        tensor.name = name;
        tensor.shape = {cols, 8};
        return storedType(tensor, wanted);
    };
    QVERIFY(stored("blk.0.ffn_up.weight", 512, TensorType::Q4_K) == TensorType::Q4_K);
    QVERIFY(stored("blk.0.ffn_up.weight", 1408, TensorType::Q4_K) == TensorType::Q5_0);
    QVERIFY(stored("blk.0.ffn_up.weight", 1408, TensorType::Q6_K) == TensorType::Q8_0);
    QVERIFY(stored("blk.0.ffn_up.weight", 20, TensorType::Q6_K) == TensorType::F16);
    QVERIFY(stored("blk.0.ffn_up.weight", 20, TensorType::Q8_0) == TensorType::F16);
    QVERIFY(stored("output.weight", 512, TensorType::Q4_K) == TensorType::Q6_K);
    QVERIFY(stored("output.weight", 1408, TensorType::Q4_K) == TensorType::Q8_0);
    QVERIFY(stored("output.weight", 512, TensorType::Q8_0) == TensorType::Q8_0);
    QVERIFY(!writableType("Q9_9") && !writableType("I8") && writableType("q4_k"));
}

void TestModelWriter::merged_data()
{
    QTest::addColumn<double>("weight");
    QTest::addColumn<bool>("folder"); // the second one
    for (const double weight : {0.5, 0.25, 1.0, 0.0, 1.5})
        QTest::addRow("%g", weight) << weight << false;
    QTest::newRow("with a folder") << 0.5 << true;
}

void TestModelWriter::merged()
{
    QFETCH(double, weight);
    QFETCH(bool, folder);
    const RandomGguf first = randomArchitecture("llama", TensorType::F32, 1);
    const RandomGguf second = randomArchitecture("llama", TensorType::F16, 2);
    const std::string a = m_place.filePath("a.gguf").toStdString();
    std::string b = m_place.filePath("b.gguf").toStdString();
    QCOMPARE(first.write(a), std::string());
    QCOMPARE(second.write(b), std::string());
    if (folder)
        b = folderOf(m_place, "second", "llama", second);
    auto sourceA = openTensorSource(a), sourceB = openTensorSource(b);
    QVERIFY(sourceA && sourceB);
    const auto source = mergedSource(std::move(*sourceA), std::move(*sourceB), weight);
    QVERIFY2(source, source ? "" : source.error().message.c_str());
    QVERIFY(write(*source, "c.gguf"));
    const auto c = opened("c.gguf"), inA = opened("a.gguf"), inB = opened("b.gguf");
    QVERIFY(c && inA && inB);
    for (const TensorEntry& tensor : (*c)->tensors()) {
        const auto got = valuesOf(tensor), mine = valuesOf(*(*inA)->find(tensor.name)),
                   theirs = valuesOf(*(*inB)->find(tensor.name));
        for (std::size_t i = 0; i < got.size(); ++i)
            QCOMPARE(got[i], float(weight * double(mine[i]) + (1 - weight) * double(theirs[i])));
    }
}

void TestModelWriter::differentModelsAreNotMerged()
{
    const std::string path = m_place.filePath("first.gguf").toStdString();
    QCOMPARE(randomArchitecture("llama", TensorType::F32, 1).write(path), std::string());
    const auto refusal = [&](const RandomGguf& other) {
        const std::string second = m_place.filePath("other.gguf").toStdString();
        if (!other.write(second).empty())
            return std::string();
        const auto merged =
            mergedSource(openTensorSource(path).value(), openTensorSource(second).value(), 0.5);
        return merged ? std::string() : merged.error().message;
    };
    QVERIFY(refusal(randomArchitecture("qwen2", TensorType::F32, 1)).find("architecture") !=
            std::string::npos);
    RandomGguf without = randomArchitecture("llama", TensorType::F32, 1);
    without.tensors.erase("blk.1.ffn_up.weight");
    QVERIFY(refusal(without).find("blk.1.ffn_up.weight") != std::string::npos);
    RandomGguf more = randomArchitecture("llama", TensorType::F32, 1);
    more.tensors["blk.9.extra.weight"] = more.tensors.begin()->second;
    QVERIFY(refusal(more).find("blk.9.extra.weight") != std::string::npos);
    RandomGguf wide = randomArchitecture("llama", TensorType::F32, 1);
    wide.tensors["blk.0.attn_norm.weight"] = {TensorType::F32, {4}, std::vector<std::byte>(16)};
    QVERIFY(refusal(wide).find("blk.0.attn_norm.weight") != std::string::npos);
}

void TestModelWriter::progressEndsAtTheTotal()
{
    const std::string path = m_place.filePath("p.gguf").toStdString();
    QCOMPARE(randomArchitecture("phi3", TensorType::F32, 1).write(path), std::string());
    const auto source = openTensorSource(path);
    QVERIFY(source);
    std::uint64_t done = 0, total = 0;
    bool grew = true;
    WriteSettings settings;
    settings.type = TensorType::Q8_0;
    settings.progress = [&](const WriteProgress& progress) {
        grew = grew && progress.doneBytes > done;
        done = progress.doneBytes;
        total = progress.totalBytes;
    };
    const auto report = write(*source, "q.gguf", settings);
    QVERIFY(report && grew && done == total && report->bytes == total);
}

void TestModelWriter::stoppedLeavesNothing()
{
    const std::string path = m_place.filePath("s.gguf").toStdString();
    QCOMPARE(randomArchitecture("llama", TensorType::F32, 1).write(path), std::string());
    const auto source = openTensorSource(path);
    QVERIFY(source);
    WriteSettings settings;
    settings.progress = [&](const WriteProgress&) { settings.cancel.cancel(); };
    const auto report = write(*source, "stopped.gguf", settings);
    QVERIFY(!report && report.error().code == ErrorCode::Cancelled);
    QVERIFY(!QFile::exists(m_place.filePath("stopped.gguf")) &&
            !QFile::exists(m_place.filePath("stopped.gguf.tmp")));
    QVERIFY(!writeModel(*source, m_place.path().toStdString(), {}, m_pool));
}

QTEST_GUILESS_MAIN(TestModelWriter)
#include "tst_model_writer.moc"
