// LoRA adapters from GGUF files and PEFT folders: pairs, scales, whole tensors, and a word for what is
// missing.
#include "engine/format/gguf_writer.h"
#include "engine/format/lora_adapter.h"
#include "tests/support/torch_bytes.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace lectern;
using namespace lectern::test;

namespace {

constexpr const char* kModule = "base_model.model.model.layers.0.self_attn.q_proj";
const std::string kTarget = "model.layers.0.self_attn.q_proj.weight";

std::vector<std::byte> zeros(std::size_t floats)
{
    return std::vector<std::byte>(floats * 4);
}

struct Named {
    QByteArray name;
    std::vector<int> shape; // outermost first
};

QByteArray safetensors(const std::vector<Named>& tensors)
{
    QByteArray header, data;
    for (const Named& tensor : tensors) {
        int bytes = 4;
        QByteArrayList shape;
        for (const int extent : tensor.shape) {
            bytes *= extent;
            shape += QByteArray::number(extent);
        }
        header += (header.isEmpty() ? "{" : ",") + QByteArray("\"") + tensor.name +
                  "\":{\"dtype\":\"F32\",\"shape\":[" + shape.join(',') + "],\"data_offsets\":[" +
                  QByteArray::number(data.size()) + "," + QByteArray::number(data.size() + bytes) + "]}";
        data += QByteArray(bytes, '\1');
    }
    header += '}';
    return rawBytes(quint64(header.size())) + header + data;
}

QByteArray torch(const std::vector<Named>& tensors)
{
    std::vector<std::pair<QByteArray, QByteArray>> items;
    ZipEntries storages;
    for (const Named& tensor : tensors) {
        int count = 1;
        std::vector<int> strides(tensor.shape.size());
        for (std::size_t d = strides.size(); d-- > 0; count *= tensor.shape[d])
            strides[d] = count;
        const QByteArray storage = QByteArray::number(int(storages.size()));
        items.push_back({tensor.name, pickledTensor(storage.constData(), count, 0, tensor.shape, strides)});
        storages.push_back({"archive/data/" + storage, QByteArray(count * 4, '\1')});
    }
    ZipEntries entries{{"archive/data.pkl", pickledDict(items)}};
    entries.insert(entries.end(), storages.begin(), storages.end());
    return storedZip(entries);
}

QString messages(const LoraAdapter& adapter)
{
    QStringList list;
    for (const std::string& warning : adapter.warnings())
        list += QString::fromStdString(warning);
    return list.join('\n');
}

} // namespace

class TestLoraAdapter : public QObject {
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void ggufAdapter();
    void ggufModelIsNoAdapter();
    void peftSafetensors();
    void peftNamesOfEveryKind();
    void longLoraFolder();
    void scales_data();
    void scales();
    void missingPartsAreWarnings();
    void badAdaptersAreRefused_data();
    void badAdaptersAreRefused();

private:
    void put(const char* name, const QByteArray& bytes) const
    {
        QFile file(m_folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    }
    Result<std::shared_ptr<const LoraAdapter>> open(const char* name = ".") const
    {
        return LoraAdapter::open(m_folder->filePath(name).toStdString());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestLoraAdapter::ggufAdapter()
{
    GgufWriter writer;
    QVERIFY(writer.add("general.type", std::string("adapter")));
    QVERIFY(writer.add("general.architecture", std::string("llama")));
    QVERIFY(writer.add("adapter.type", std::string("lora")));
    QVERIFY(writer.add("adapter.lora.alpha", 16.0));
    QVERIFY(writer.addTensorOwned("blk.0.attn_q.weight.lora_a", TensorType::F32, {64, 8}, zeros(512)));
    QVERIFY(writer.addTensorOwned("blk.0.attn_q.weight.lora_b", TensorType::F32, {8, 32}, zeros(256)));
    QVERIFY(writer.addTensorOwned("output_norm.weight", TensorType::F32, {64}, zeros(64)));
    QVERIFY(writer.write(m_folder->filePath("a.gguf").toStdString()));
    const auto adapter = open("a.gguf");
    QVERIFY2(adapter, adapter ? "" : adapter.error().message.c_str());
    QVERIFY((*adapter)->naming() == TensorNaming::Gguf);
    QCOMPARE((*adapter)->architecture(), std::string("llama"));
    QCOMPARE((*adapter)->pairs().size(), std::size_t{1});
    const LoraPair& pair = (*adapter)->pairs()[0];
    QCOMPARE(pair.target, std::string("blk.0.attn_q.weight"));
    QCOMPARE(pair.rank, std::uint64_t{8});
    QCOMPARE(pair.scale, 2.0f);
    QCOMPARE((*adapter)->replacements().size(), std::size_t{1});
    QVERIFY2((*adapter)->warnings().empty(), qPrintable(messages(**adapter)));
}

void TestLoraAdapter::ggufModelIsNoAdapter()
{
    GgufWriter writer;
    QVERIFY(writer.add("general.architecture", std::string("llama")));
    QVERIFY(writer.write(m_folder->filePath("m.gguf").toStdString()));
    const auto adapter = open("m.gguf");
    QVERIFY(!adapter && adapter.error().message.find("not a LoRA adapter") != std::string::npos);
}

void TestLoraAdapter::peftSafetensors()
{
    put("adapter_config.json",
        R"({"peft_type":"LORA","r":4,"lora_alpha":8,"base_model_name_or_path":"some/model"})");
    put("adapter_model.safetensors", safetensors({{QByteArray(kModule) + ".lora_A.weight", {4, 16}},
                                                  {QByteArray(kModule) + ".lora_B.weight", {24, 4}}}));
    for (const char* name : {".", "adapter_config.json", "adapter_model.safetensors"}) {
        const auto adapter = open(name);
        QVERIFY2(adapter, adapter ? "" : adapter.error().message.c_str());
        QCOMPARE((*adapter)->pairs().size(), std::size_t{1});
        const LoraPair& pair = (*adapter)->pairs()[0];
        QCOMPARE(pair.target, kTarget);
        QVERIFY(pair.a.shape[0] == 16 && pair.a.shape[1] == 4 && pair.b.shape[0] == 4 &&
                pair.b.shape[1] == 24);
        QCOMPARE(pair.scale, 2.0f);
        QVERIFY((*adapter)->naming() == TensorNaming::HuggingFace);
        QCOMPARE((*adapter)->baseModel(), std::string("some/model"));
    }
}

void TestLoraAdapter::peftNamesOfEveryKind()
{
    put("adapter_config.json", R"({"peft_type":"LORA","lora_alpha":4})");
    put("adapter_model.safetensors",
        safetensors({{"base_model.model.model.embed_tokens.lora_embedding_A", {4, 100}},
                     {"base_model.model.model.embed_tokens.lora_embedding_B", {16, 4}},
                     {QByteArray(kModule) + ".lora_A.default.weight", {4, 16}},
                     {QByteArray(kModule) + ".lora_B.default.weight", {16, 4}},
                     {"base_model.model.lm_head.modules_to_save.default.weight", {100, 16}},
                     {"base_model.model.model.norm.weight", {16}},
                     {QByteArray(kModule) + ".lora_magnitude_vector", {16}},
                     {"base_model.model.something", {16}}}));
    const auto adapter = open();
    QVERIFY2(adapter, adapter ? "" : adapter.error().message.c_str());
    QCOMPARE((*adapter)->pairs().size(), std::size_t{2});
    QCOMPARE((*adapter)->pairs()[0].target, std::string("model.embed_tokens.weight"));
    QVERIFY((*adapter)->pairs()[0].embedding && !(*adapter)->pairs()[1].embedding);
    QCOMPARE((*adapter)->pairs()[1].target, kTarget);
    QStringList names;
    for (const TensorEntry& entry : (*adapter)->replacements())
        names += QString::fromStdString(entry.name);
    names.sort();
    QCOMPARE(names, (QStringList{"lm_head.weight", "model.norm.weight"}));
    QVERIFY(messages(**adapter).contains("DoRA") && messages(**adapter).contains("\"something\""));
}

void TestLoraAdapter::longLoraFolder()
{
    put("adapter_config.json", R"({"peft_type":"LORA","r":8,"lora_alpha":16,"modules_to_save":null})");
    put("adapter_model.bin", torch({{QByteArray(kModule) + ".lora_A.weight", {8, 16}},
                                    {QByteArray(kModule) + ".lora_B.weight", {16, 8}}}));
    put("trainable_params.bin", torch({{"model.embed_tokens.weight", {101, 16}},
                                       {"model.layers.0.input_layernorm.weight", {16}},
                                       {"model.norm.weight", {16}}}));
    const auto adapter = open();
    QVERIFY2(adapter, adapter ? "" : adapter.error().message.c_str());
    QCOMPARE((*adapter)->pairs().size(), std::size_t{1});
    QCOMPARE((*adapter)->pairs()[0].scale, 2.0f);
    QCOMPARE((*adapter)->replacements().size(), std::size_t{3});
    QVERIFY((*adapter)->warnings().empty());
    QCOMPARE(int((*adapter)->replacements()[0].data[0]), 1); // still mapped
}

void TestLoraAdapter::scales_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<float>("scale");
    QTest::newRow("alpha over rank") << QByteArray(R"({"peft_type":"LORA","lora_alpha":8})") << 2.0f;
    QTest::newRow("rank-stabilised") << QByteArray(R"({"peft_type":"LORA","lora_alpha":8,"use_rslora":true})")
                                     << 4.0f;
    QTest::newRow("own alpha") << QByteArray(
                                      R"({"peft_type":"LORA","lora_alpha":8,"alpha_pattern":{"q_proj":2}})")
                               << 0.5f;
    QTest::newRow("another's alpha")
        << QByteArray(R"({"peft_type":"LORA","lora_alpha":8,"alpha_pattern":{"v_proj":2}})") << 2.0f;
}

void TestLoraAdapter::scales()
{
    QFETCH(QByteArray, config);
    QFETCH(float, scale);
    put("adapter_config.json", config);
    put("adapter_model.safetensors", safetensors({{QByteArray(kModule) + ".lora_A.weight", {4, 16}},
                                                  {QByteArray(kModule) + ".lora_B.weight", {16, 4}}}));
    const auto adapter = open();
    QVERIFY(adapter);
    QCOMPARE((*adapter)->pairs()[0].scale, scale);
}

void TestLoraAdapter::missingPartsAreWarnings()
{
    put("adapter_config.json",
        R"({"peft_type":"LORA","lora_alpha":8,"modules_to_save":["embed_tokens","norm"]})");
    put("adapter_model.safetensors",
        safetensors({{QByteArray(kModule) + ".lora_A.weight", {4, 16}},
                     {QByteArray(kModule) + ".lora_B.weight", {16, 4}},
                     {"base_model.model.model.layers.1.self_attn.k_proj.lora_A.weight", {4, 16}},
                     {"base_model.model.model.norm.weight", {16}}}));
    const auto adapter = open();
    QVERIFY2(adapter, adapter ? "" : adapter.error().message.c_str());
    QCOMPARE((*adapter)->pairs().size(), std::size_t{1});
    QCOMPARE((*adapter)->warnings().size(), std::size_t{2});
    QVERIFY2(messages(**adapter).contains("\"model.layers.1.self_attn.k_proj.weight\""),
             qPrintable(messages(**adapter)));
    QVERIFY(messages(**adapter).contains("\"embed_tokens\" was trained too"));
}

void TestLoraAdapter::badAdaptersAreRefused_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("tensors");
    QTest::addColumn<QString>("reason");
    const QByteArray config = R"({"peft_type":"LORA","lora_alpha":8})";
    const QByteArray pair = safetensors({{QByteArray(kModule) + ".lora_A.weight", {4, 16}},
                                         {QByteArray(kModule) + ".lora_B.weight", {16, 4}}});
    QTest::newRow("no configuration") << QByteArray() << pair << "adapter_config.json";
    QTest::newRow("no weights") << config << QByteArray() << "neither adapter_model.safetensors";
    QTest::newRow("broken JSON") << QByteArray("{\"peft") << pair << "JSON is broken";
    QTest::newRow("deep JSON") << QByteArray(2000, '[') << pair << "nested too deep";
    QTest::newRow("a list") << QByteArray("[]") << pair << "does not describe a LoRA";
    QTest::newRow("another method") << QByteArray(R"({"peft_type":"IA3"})") << pair
                                    << "does not describe a LoRA";
    QTest::newRow("no alpha") << QByteArray(R"({"peft_type":"LORA"})") << pair << "\"lora_alpha\"";
    QTest::newRow("alpha is a text") << QByteArray(R"({"peft_type":"LORA","lora_alpha":"8"})") << pair
                                     << "\"lora_alpha\"";
    QTest::newRow("transposed") << QByteArray(R"({"peft_type":"LORA","lora_alpha":8,"fan_in_fan_out":true})")
                                << pair << "fan_in_fan_out";
    QTest::newRow("ranks disagree") << config
                                    << safetensors({{QByteArray(kModule) + ".lora_A.weight", {4, 16}},
                                                    {QByteArray(kModule) + ".lora_B.weight", {16, 8}}})
                                    << "A has rank 4, B has 8";
    QTest::newRow("nothing usable") << config << safetensors({{"something", {4}}}) << "holds no LoRA weights";
}

void TestLoraAdapter::badAdaptersAreRefused()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, tensors);
    QFETCH(QString, reason);
    if (!config.isEmpty())
        put("adapter_config.json", config);
    if (!tensors.isEmpty())
        put("adapter_model.safetensors", tensors);
    const auto adapter = open();
    QVERIFY(!adapter);
    const QString message = QString::fromStdString(adapter.error().message);
    QVERIFY2(message.contains(reason), qPrintable(message));
    QVERIFY(!adapter.error().hint.empty());
}

QTEST_GUILESS_MAIN(TestLoraAdapter)
#include "tst_lora_adapter.moc"
