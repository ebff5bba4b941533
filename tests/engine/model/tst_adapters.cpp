// LoRA adapters on models: the same logits as a float64 forward pass through weights that hold the adapters'
// products, for GGUF and PEFT adapters on GGUF files and Hugging Face folders, plain and quantised;
// LongLoRA's whole tensors and longer vocabulary.
#include "tests/support/hf_writer.h"
#include "tests/support/lora_writer.h"
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"
#include "tests/support/torch_bytes.h"

#include <QFile>
#include <QtTest>

#include <cstring>
#include <limits>

using namespace lectern;
using namespace lectern::test;

namespace {

// Both sides round keys and values to f16; one that lies near the middle of two halves may go the other way.
constexpr double kMedian = 1e-4, kWorst = 1e-3;

LayerPlan fullPlan(const Model& model)
{
    return parsePlan("full", model.planShape(), {}).value();
}

struct Case {
    RandomGguf gguf;
    std::string folder, modelPath;

    Case(const std::string& name, TensorType type, const QTemporaryDir& place, bool hf)
        : gguf(randomArchitecture(name, type, 6)), folder(place.filePath("hf").toStdString())
    {
        QDir(place.path()).mkdir("hf");
        modelPath = hf ? folder : place.filePath("model.gguf").toStdString();
        error = hf ? writeHf(hfModelOf(name, gguf), folder) : gguf.write(modelPath);
    }
    std::string error;
};

// Of what a model opened so computes, against the reference.
RowErrors errorsOf(const Model& model, const std::shared_ptr<const Model>& shared,
                   const ReferenceModel& reference)
{
    const auto tokens = randomTokens(70, kGoldenVocabulary, 8);
    return rowErrors(modelLogits(shared, fullPlan(model), tokens, {60, 9, 1}),
                     referenceLogits(reference, tokens, causal));
}

std::string writeLora(const RandomLora& lora, const QTemporaryDir& place, const QString& name, bool peft)
{
    if (!peft)
        return writeGgufLora(lora, place.filePath(name + ".gguf").toStdString());
    QDir(place.path()).mkdir(name);
    return writePeftLora(lora, place.filePath(name).toStdString());
}

std::string loraPath(const QTemporaryDir& place, const QString& name, bool peft)
{
    return place.filePath(peft ? name : name + ".gguf").toStdString();
}

QByteArray floats(const std::vector<double>& values)
{
    QByteArray bytes;
    for (const double value : values) {
        const auto single = static_cast<float>(value);
        bytes.append(reinterpret_cast<const char*>(&single), sizeof single);
    }
    return bytes;
}

// trainable_params.bin: named tensors of f32, outermost dimension first.
struct Whole {
    QByteArray name;
    std::vector<int> shape;
    std::vector<double> values;
};

QByteArray torchFile(const std::vector<Whole>& tensors)
{
    std::vector<std::pair<QByteArray, QByteArray>> items;
    ZipEntries entries{{"archive/data.pkl", {}}};
    for (const Whole& tensor : tensors) {
        const QByteArray storage = QByteArray::number(int(items.size()));
        std::vector<int> strides(tensor.shape.size(), 1);
        if (tensor.shape.size() == 2)
            strides[0] = tensor.shape[1];
        items.push_back({tensor.name, pickledTensor(storage.constData(), int(tensor.values.size()), 0,
                                                    tensor.shape, strides)});
        entries.push_back({"archive/data/" + storage, floats(tensor.values)});
    }
    entries.front().second = pickledDict(items);
    return storedZip(entries);
}

} // namespace

class TestAdapters : public QObject {
    Q_OBJECT

private slots:
    void exact_data();
    void exact();
    void embeddingPairs();
    void longLora();
    void longLoraWithoutItsTensors();
    void wrongAdaptersAreNamed();
    void choices_data();
    void choices();
};

void TestAdapters::exact_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("type");
    QTest::addColumn<bool>("hf");
    QTest::addColumn<bool>("peft");
    for (const std::string& name : randomArchitectureNames())
        for (const bool hf : {false, true})
            for (const bool peft : {false, true})
                if (name != "llama-fused") // PEFT knows no such layout
                    QTest::addRow("%s F32 %d %d", name.c_str(), hf, peft)
                        << QString::fromStdString(name) << "F32" << hf << peft;
    QTest::newRow("llama-fused") << "llama-fused"
                                 << "F32" << false << false;
    for (const char* name : {"llama", "gemma3", "starcoder2"})
        for (const char* type : {"Q8_0", "Q4_0", "F16"})
            QTest::addRow("%s %s", name, type) << name << type << false << true;
}

void TestAdapters::exact()
{
    QFETCH(QString, name);
    QFETCH(QString, type);
    QFETCH(bool, hf);
    QFETCH(bool, peft);
    const QTemporaryDir place;
    Case made(name.toStdString(), *tensorTypeByName(type.toStdString()), place, hf);
    QCOMPARE(made.error, std::string());
    const RandomLora first = randomLora(made.gguf, 4, 1), second = randomLora(made.gguf, 3, 2);
    QCOMPARE(writeLora(first, place, "first", peft), std::string());
    QCOMPARE(writeLora(second, place, "second", !peft && name != "llama-fused"), std::string());
    const AdapterChoice choices[] = {{loraPath(place, "first", peft), 0.5},
                                     {loraPath(place, "second", !peft && name != "llama-fused"), 1}};
    const auto model = Model::open(made.modelPath, choices);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QVERIFY2((*model)->warnings().empty(),
             (*model)->warnings().empty() ? "" : (*model)->warnings()[0].c_str());
    QCOMPARE(int((*model)->adapters().size()), 2);
    QCOMPARE((*model)->adapters()[0].rank, 4);
    QCOMPARE((*model)->adapters()[1].pairs, int(second.pairs.size()));

    // Without the adapters the model is another one.
    QVERIFY(errorsOf(**model, *model, made.gguf.reference).median > 100 * kMedian);
    addToReference(first, 0.5, made.gguf.reference);
    addToReference(second, 1, made.gguf.reference);
    const RowErrors errors = errorsOf(**model, *model, made.gguf.reference);
    QVERIFY2(errors.median <= kMedian && errors.worst <= kWorst,
             qPrintable(QString("median %1, worst %2").arg(errors.median).arg(errors.worst)));
}

// The table is looked up: a pair adds to the rows of its tokens.
void TestAdapters::embeddingPairs()
{
    const QTemporaryDir place;
    Case made("qwen3", TensorType::F16, place, false);
    ReferenceModel& reference = made.gguf.reference;
    RandomLora lora = randomLora(made.gguf, 2, 3);
    RandomPair pair = lora.pairs.begin()->second;
    pair.inputs = reference.vocabulary;
    pair.outputs = reference.embedding;
    pair.a.assign(std::size_t(2 * pair.inputs), 0.5f);
    pair.b.assign(std::size_t(2 * pair.outputs), 0.25f);
    pair.b[3] = -1;
    lora.pairs = {{"token_embd.weight", pair}};
    QCOMPARE(writeGgufLora(lora, place.filePath("a.gguf").toStdString()), std::string());
    const AdapterChoice choices[] = {{place.filePath("a.gguf").toStdString(), 1}};
    const auto model = Model::open(made.modelPath, choices);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    for (int token = 0; token < reference.vocabulary; ++token)
        for (int i = 0; i < reference.embedding; ++i)
            reference.tokenEmbedding[std::size_t(token * reference.embedding + i)] +=
                lora.alpha / 2 * 0.5 *
                (double(pair.b[std::size_t(2 * i)]) + double(pair.b[std::size_t(2 * i + 1)]));
    const RowErrors errors = errorsOf(**model, *model, reference);
    QVERIFY2(errors.median <= kMedian && errors.worst <= kWorst, qPrintable(QString::number(errors.worst)));
}

void TestAdapters::longLora()
{
    const QTemporaryDir place;
    Case made("llama", TensorType::Q8_0, place, false);
    ReferenceModel& reference = made.gguf.reference;
    const RandomLora lora = randomLora(made.gguf, 4, 1);
    QCOMPARE(writeLora(lora, place, "peft", true), std::string());
    const std::size_t width = std::size_t(reference.embedding);
    for (double& value : reference.tokenEmbedding)
        value = double(static_cast<float>(value * 1.5 - 0.25));
    reference.tokenEmbedding.insert(reference.tokenEmbedding.end(), width, 0.125); // [PAD]
    std::vector<Whole> trained{
        {"model.embed_tokens.weight", {kGoldenVocabulary + 1, int(width)}, reference.tokenEmbedding}};
    for (std::size_t i = 0; i < reference.layers.size(); ++i) {
        for (double& value : reference.layers[i].attentionNorm)
            value = double(static_cast<float>(value * 1.25));
        trained.push_back({"model.layers." + QByteArray::number(int(i)) + ".input_layernorm.weight",
                           {int(width)},
                           reference.layers[i].attentionNorm});
    }
    QFile file(place.filePath("peft/trainable_params.bin"));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(torchFile(trained)) > 0);
    file.close();
    nlohmann::json config = hfModelOf("llama", made.gguf).config;
    config["vocab_size"] = kGoldenVocabulary + 1;
    config["rope_scaling"] = {{"type", "linear"}, {"factor", 8.0}};
    config["max_position_embeddings"] = 32768;
    QCOMPARE(writeText(place.filePath("peft/config.json").toStdString(), config.dump()), std::string());

    const AdapterChoice choices[] = {{place.filePath("peft").toStdString(), 1}};
    const auto model = Model::open(made.modelPath, choices);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QVERIFY((*model)->warnings().empty());
    QCOMPARE((*model)->spec().vocabulary, kGoldenVocabulary + 1);
    QCOMPARE((*model)->spec().contextLength, std::int64_t(32768));
    QCOMPARE((*model)->adapters()[0].replacements, 1 + int(reference.layers.size()));
    addToReference(lora, 1, reference);
    reference.positionScale = 1.0 / 8;
    const auto tokens = randomTokens(60, kGoldenVocabulary + 1, 8);
    auto rows = modelLogits(*model, fullPlan(**model), tokens, {50, 9, 1});
    for (auto& row : rows) {
        QCOMPARE(row.back(), std::numeric_limits<float>::lowest()); // has no row in the output matrix
        row.pop_back();
    }
    const RowErrors errors = rowErrors(rows, referenceLogits(reference, tokens, causal));
    QVERIFY2(errors.median <= kMedian && errors.worst <= kWorst, qPrintable(QString::number(errors.worst)));
}

void TestAdapters::longLoraWithoutItsTensors()
{
    const QTemporaryDir place;
    const Case made("llama", TensorType::F32, place, false);
    QCOMPARE(writeLora(randomLora(made.gguf, 4, 1), place, "peft", true), std::string());
    nlohmann::json config = hfModelOf("llama", made.gguf).config;
    config["vocab_size"] = kGoldenVocabulary + 1;
    QCOMPARE(writeText(place.filePath("peft/config.json").toStdString(), config.dump()), std::string());
    const AdapterChoice choices[] = {{place.filePath("peft").toStdString(), 1}};
    const auto model = Model::open(made.modelPath, choices);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE((*model)->spec().vocabulary, kGoldenVocabulary);
    QCOMPARE(int((*model)->warnings().size()), 1);
    QVERIFY((*model)->warnings()[0].find("trainable_params.bin") != std::string::npos);
}

void TestAdapters::wrongAdaptersAreNamed()
{
    const QTemporaryDir place;
    const Case made("llama", TensorType::F32, place, false);
    const std::string path = place.filePath("wrong.gguf").toStdString();
    const AdapterChoice choices[] = {{path, 1}};
    RandomLora other = randomLora(made.gguf, 4, 1);
    other.architecture = "qwen2";
    QCOMPARE(writeGgufLora(other, path), std::string());
    auto model = Model::open(made.modelPath, choices);
    QVERIFY(!model && model.error().message.find("qwen2") != std::string::npos);

    RandomLora wide = randomLora(made.gguf, 4, 1);
    RandomPair& pair = wide.pairs.at("blk.1.attn_v.weight");
    pair.outputs += 1;
    pair.b.resize(pair.b.size() + 4);
    QCOMPARE(writeGgufLora(wide, path), std::string());
    model = Model::open(made.modelPath, choices);
    QVERIFY(!model && model.error().message.find("blk.1.attn_v.weight") != std::string::npos);

    RandomLora far = randomLora(made.gguf, 4, 1);
    far.pairs["blk.9.attn_v.weight"] = far.pairs.at("blk.1.attn_v.weight");
    QCOMPARE(writeGgufLora(far, path), std::string());
    model = Model::open(made.modelPath, choices);
    QVERIFY(model && (*model)->warnings().size() == 1);
    QVERIFY((*model)->warnings()[0].find("blk.9.attn_v.weight") != std::string::npos);

    const AdapterChoice absent[] = {{place.filePath("absent.gguf").toStdString(), 1}};
    QVERIFY(!Model::open(made.modelPath, absent));
    const AdapterChoice model0[] = {{made.modelPath, 1}};
    QVERIFY(!Model::open(made.modelPath, model0));
}

void TestAdapters::choices_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("path"); // empty: refused
    QTest::addColumn<double>("scale");
    QTest::newRow("path") << "a/b.gguf"
                          << "a/b.gguf" << 1.0;
    QTest::newRow("scale") << "a/b.gguf:0.5"
                           << "a/b.gguf" << 0.5;
    QTest::newRow("negative") << "b:-2"
                              << "b" << -2.0;
    QTest::newRow("colon") << "a:b:2"
                           << "a:b" << 2.0;
    QTest::newRow("end") << "a:"
                         << "a:" << 1.0;
    QTest::newRow("no number") << "a:half"
                               << "" << 0.0;
    QTest::newRow("infinite") << "a:inf"
                              << "" << 0.0;
}

void TestAdapters::choices()
{
    QFETCH(QString, text);
    QFETCH(QString, path);
    QFETCH(double, scale);
    const auto choice = parseAdapterChoice(text.toStdString());
    QCOMPARE(choice.has_value(), !path.isEmpty());
    if (choice)
        QCOMPARE(*choice, (AdapterChoice{path.toStdString(), scale}));
}

QTEST_GUILESS_MAIN(TestAdapters)
#include "tst_adapters.moc"
