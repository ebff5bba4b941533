// Folders of Hugging Face models: the same logits and tokens as the GGUF file of the same weights, for every
// architecture; every form of rope_scaling; and what a broken config.json is answered with.
#include "engine/attention/rope_scaling.h"
#include "tests/support/hf_writer.h"
#include "tests/support/model_fixture.h"
#include "tests/support/random_architecture.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <functional>

using namespace lectern;
using namespace lectern::test;
using nlohmann::json;

namespace {

// Both read the same numbers; sums of permuted heads differ in their last bits, and so may cached halves.
constexpr double kMedian = 3e-5, kWorst = 5e-4;

QTemporaryDir* g_folder = nullptr;

std::string freshFolder()
{
    static int count = 0;
    const QString name = QString::number(++count);
    QDir(g_folder->path()).mkdir(name);
    return g_folder->filePath(name).toStdString();
}

// A small llama folder whose configuration was changed.
Result<std::shared_ptr<const Model>> changed(const std::function<void(HfModel&)>& change,
                                             const std::string& name = "llama")
{
    HfModel model = hfModelOf(name, randomArchitecture(name, TensorType::F32, 2));
    change(model);
    const std::string folder = freshFolder();
    if (const std::string wrong = writeHf(model, folder); !wrong.empty())
        return fail(ErrorCode::Internal, wrong);
    return Model::open(folder);
}

} // namespace

class TestHfFolder : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { g_folder = &m_folder; }
    void sameAsGguf_data();
    void sameAsGguf();
    void mistralHasAWindow();
    void qwenWindowsBeginLate();
    void picturesAreLeftOut();
    void ropeForms_data();
    void ropeForms();
    void llama3Frequencies();
    void baseOfLongContexts();
    void wrongFoldersAreNamed_data();
    void wrongFoldersAreNamed();
    void tensorsOfNoKindAreTold();
    void headMustBeThereUnlessTied();

private:
    QTemporaryDir m_folder;
};

void TestHfFolder::sameAsGguf_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("shards");
    for (const std::string& name : randomArchitectureNames())
        if (name != "llama-fused") // a layout of GGUF alone
            for (const auto& [type, shards] :
                 {std::pair("F32", 1), std::pair("F16", 3), std::pair("BF16", 2)})
                QTest::addRow("%s %s %d", name.c_str(), type, shards)
                    << QString::fromStdString(name) << type << shards;
}

void TestHfFolder::sameAsGguf()
{
    QFETCH(QString, name);
    QFETCH(QString, type);
    QFETCH(int, shards);
    const RandomGguf gguf =
        randomArchitecture(name.toStdString(), *tensorTypeByName(type.toStdString()), kGoldenSeed);
    const ModelFixture fixture(gguf);
    QVERIFY2(fixture.error().empty(), fixture.error().c_str());
    const std::string folder = freshFolder();
    QCOMPARE(writeHf(hfModelOf(name.toStdString(), gguf), folder, shards), std::string());
    const auto model = Model::open(folder);
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QVERIFY((*model)->warnings().empty());
    QCOMPARE((*model)->spec().windows, fixture.model()->spec().windows);

    const auto tokens = randomTokens(70, kGoldenVocabulary, kGoldenTokenSeed);
    const auto wanted = fixture.logits(fixture.plan("full"), tokens, {60, 9, 1});
    const auto got = modelLogits(*model, fixture.plan("full"), tokens, {60, 9, 1});
    const RowErrors errors = rowErrors(got, wanted);
    QVERIFY2(errors.median <= kMedian && errors.worst <= kWorst,
             qPrintable(QString("median %1, worst %2").arg(errors.median).arg(errors.worst)));
    const auto& last = got.back();
    QCOMPARE(std::max_element(last.begin(), last.end()) - last.begin(),
             std::max_element(wanted.back().begin(), wanted.back().end()) - wanted.back().begin());
}

void TestHfFolder::mistralHasAWindow()
{
    const auto model = changed([](HfModel& each) {
        each.config["architectures"] = {"MistralForCausalLM"};
        each.config["sliding_window"] = 24;
    });
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    QCOMPARE((*model)->spec().windows, (std::vector<std::int64_t>(3, 24)));
    const auto none = changed([](HfModel& each) {
        each.config["architectures"] = {"MistralForCausalLM"};
        each.config["sliding_window"] = nullptr;
    });
    QVERIFY(none && (*none)->spec().windows.empty());
}

void TestHfFolder::qwenWindowsBeginLate()
{
    const auto windows = [](bool used) {
        const auto model = changed(
            [&](HfModel& each) {
                each.config["sliding_window"] = 24;
                each.config["max_window_layers"] = 1;
                each.config["use_sliding_window"] = used;
            },
            "qwen2");
        return model ? (*model)->spec().windows : std::vector<std::int64_t>{-1};
    };
    QCOMPARE(windows(true), (std::vector<std::int64_t>{0, 24, 24}));
    QVERIFY(windows(false).empty());
}

// The text model inside one that sees: its configuration and names are one level deeper.
void TestHfFolder::picturesAreLeftOut()
{
    const RandomGguf gguf = randomArchitecture("gemma3", TensorType::F32, 2);
    HfModel model = hfModelOf("gemma3", gguf);
    std::map<std::string, GgufTensor> tensors;
    for (const auto& [name, tensor] : model.tensors)
        tensors["language_model." + name] = tensor;
    tensors["vision_tower.patch.weight"] = {TensorType::F32, {1}, std::vector<std::byte>(4)};
    model.tensors = tensors;
    model.config = {{"architectures", {"Gemma3ForConditionalGeneration"}}, {"text_config", model.config}};
    const std::string folder = freshFolder();
    QCOMPARE(writeHf(model, folder), std::string());
    const auto opened = Model::open(folder);
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE(int((*opened)->warnings().size()), 1);
    QVERIFY((*opened)->warnings().front().find("pictures") != std::string::npos);
}

void TestHfFolder::ropeForms_data()
{
    QTest::addColumn<QString>("rope"); // merged into config.json
    QTest::addColumn<int>("kind");
    QTest::addColumn<double>("factor");
    QTest::addColumn<double>("magnitude");
    QTest::addColumn<double>("positionScale");
    const auto row = [](const char* name, const char* rope, RopeScalingKind kind, double factor,
                        double magnitude, double scale) {
        QTest::newRow(name) << rope << int(kind) << factor << magnitude << scale;
    };
    using K = RopeScalingKind;
    row("null", R"({"rope_scaling": null})", K::None, 1, 1, 1);
    row("old linear", R"({"rope_scaling": {"type": "linear", "factor": 8.0}})", K::None, 8, 1, 0.125);
    row("linear", R"({"rope_scaling": {"rope_type": "linear", "factor": 2}})", K::None, 2, 1, 0.5);
    row("dynamic", R"({"rope_scaling": {"type": "dynamic", "factor": 4.0}})", K::Dynamic, 4, 1, 1);
    row("yarn",
        R"({"rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024}})",
        K::Yarn, 4, 0.1 * std::log(4.0) + 1, 1);
    row("yarn, own magnitude",
        R"({"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "attention_factor": 1.5}})", K::Yarn, 4, 1.5,
        1);
    row("yarn, two strengths",
        R"({"rope_scaling": {"type": "deepseek_yarn", "factor": 40, "mscale": 1.0, "mscale_all_dim": 0.7}})",
        K::Yarn, 40, (0.1 * std::log(40.0) + 1) / (0.07 * std::log(40.0) + 1), 1);
    row("version 5", R"({"rope_theta": null, "rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0,
        "factor": 4.0}})",
        K::None, 4, 1, 0.25);
    row("version 5 default", R"({"rope_theta": null, "rope_parameters": {"rope_type": "default",
        "rope_theta": 10000.0}})",
        K::None, 1, 1, 1);
    row("su", R"({"max_position_embeddings": 8192, "original_max_position_embeddings": 4096, "rope_scaling":
        {"type": "su", "short_factor": [1,1,1,1,1,1,1,1,1,1,1,1], "long_factor": [2,2,2,2,2,2,2,2,2,2,2,2]}})",
        K::LongRope, 1, std::sqrt(1 + std::log(2.0) / std::log(4096.0)), 1);
}

void TestHfFolder::ropeForms()
{
    QFETCH(QString, rope);
    QFETCH(int, kind);
    QFETCH(double, factor);
    QFETCH(double, magnitude);
    QFETCH(double, positionScale);
    const json wanted = json::parse(rope.toStdString());
    const auto model = changed([&](HfModel& each) { each.config.update(wanted); });
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const RopeSettings& settings = (*model)->spec().rope;
    QCOMPARE(int(settings.scaling.kind), kind);
    QCOMPARE(settings.base, 10000.0);
    QVERIFY(std::abs(settings.scaling.factor - factor) < 1e-12 || kind == int(RopeScalingKind::LongRope));
    QVERIFY2(std::abs(settings.scaling.magnitude - magnitude) < 1e-6,
             qPrintable(QString::number(settings.scaling.magnitude)));
    QCOMPARE(settings.positionScale, positionScale);
    QVERIFY(settings.layout == RopeLayout::Neox);
}

// By the wavelengths, as Llama 3.1's authors wrote it.
void TestHfFolder::llama3Frequencies()
{
    const auto model = changed([](HfModel& each) {
        each.config["rope_theta"] = 500000.0;
        each.config["rope_scaling"] = {{"rope_type", "llama3"},
                                       {"factor", 8.0},
                                       {"low_freq_factor", 1.0},
                                       {"high_freq_factor", 4.0},
                                       {"original_max_position_embeddings", 8192}};
    });
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const RopeSettings& settings = (*model)->spec().rope;
    const int pairs = settings.dimensions / 2;
    QCOMPARE(int(settings.divisors.size()), pairs);
    for (int i = 0; i < pairs; ++i) {
        const double wave = 2 * M_PI * std::pow(500000.0, double(i) / pairs);
        double divisor = wave > 8192.0 ? 8 : 1;
        if (wave >= 8192.0 / 4 && wave <= 8192.0) {
            const double smooth = (8192.0 / wave - 1) / (4 - 1);
            divisor = 1 / ((1 - smooth) / 8 + smooth);
        }
        QVERIFY(std::abs(settings.divisors[std::size_t(i)] - divisor) < 1e-6 * divisor);
    }
}

void TestHfFolder::baseOfLongContexts()
{
    for (const double base : {8e6, 1.28e8}) {
        const auto model = changed([&](HfModel& each) {
            each.config["rope_theta"] = base;
            each.config["max_position_embeddings"] = 524288;
        });
        QVERIFY(model);
        QCOMPARE((*model)->spec().rope.base, base);
        QCOMPARE((*model)->spec().contextLength, std::int64_t(524288));
    }
}

void TestHfFolder::wrongFoldersAreNamed_data()
{
    QTest::addColumn<QString>("change"); // merged into config.json
    QTest::addColumn<QString>("told");
    const auto row = [](const char* change, const char* told) { QTest::newRow(told) << change << told; };
    row(R"({"architectures": ["MambaForCausalLM"]})", "MambaForCausalLM");
    row(R"({"architectures": [], "model_type": "mamba"})", "mamba");
    row(R"({"architectures": "LlamaForCausalLM"})", "architectures");
    row(R"({"hidden_size": "wide"})", "hidden_size");
    row(R"({"num_hidden_layers": null})", "num_hidden_layers");
    row(R"({"num_attention_heads": -4})", "num_attention_heads");
    row(R"({"num_hidden_layers": 1000000})", "block_count");
    row(R"({"hidden_act": "relu"})", "relu");
    row(R"({"quantization_config": {"bits": 4}})", "quantization_config");
    row(R"({"rope_scaling": {"type": "spiral", "factor": 2}})", "spiral");
    row(R"({"rope_scaling": {"type": "linear"}})", "factor");
    row(R"({"rope_scaling": {"type": "linear", "factor": -2}})", "factor");
    row(R"({"rope_scaling": {"type": "longrope", "long_factor": [1, 2]}})", "long_factor");
    row(R"({"rope_scaling": {"type": "longrope", "long_factor": "none"}})", "long_factor");
    row(R"({"rope_scaling": 4})", "rope_scaling");
    row(R"({"rope_theta": "large"})", "rope_theta");
    row(R"({"partial_rotary_factor": 1.5})", "partial_rotary_factor");
    row(R"({"head_dim": 1000000000000})", "attention.key_length");
    row(R"({"sliding_window": 24, "layer_types": ["full_attention"]})", "layer_types");
    row(R"({"intermediate_size": 97})", "ffn_");
}

void TestHfFolder::wrongFoldersAreNamed()
{
    QFETCH(QString, change);
    QFETCH(QString, told);
    const json wanted = json::parse(change.toStdString());
    const auto model = changed([&](HfModel& each) { each.config.update(wanted); });
    QVERIFY(!model);
    QVERIFY2(model.error().message.find(told.toStdString()) != std::string::npos,
             model.error().message.c_str());
}

void TestHfFolder::tensorsOfNoKindAreTold()
{
    const auto model = changed([](HfModel& each) {
        each.tensors["model.layers.0.self_attn.gate.weight"] = {
            TensorType::F32, {1}, std::vector<std::byte>(4)};
        each.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = {
            TensorType::F32, {1}, std::vector<std::byte>(4)};
    });
    QVERIFY(model);
    QCOMPARE(int((*model)->warnings().size()), 1);
    QVERIFY((*model)->warnings().front().find("self_attn.gate") != std::string::npos);
}

void TestHfFolder::headMustBeThereUnlessTied()
{
    const auto without = changed([](HfModel& each) { each.tensors.erase("lm_head.weight"); });
    QVERIFY(!without && without.error().message.find("lm_head.weight") != std::string::npos);
    const auto tied = changed([](HfModel& each) { each.config["tie_word_embeddings"] = true; });
    QVERIFY(tied);
    QVERIFY((*tied)->weights().output.data == (*tied)->weights().tokenEmbedding.data);
}

QTEST_GUILESS_MAIN(TestHfFolder)
#include "tst_hf_folder.moc"
