// Model files whose numbers or tensors do not fit together: each is refused with a message that names the key
// or tensor, and whatever is wrong, nothing crashes.
#include "tests/support/mask_cases.h"
#include "tests/support/random_gguf.h"

#include "engine/model/model.h"

#include <QTemporaryDir>
#include <QtTest>

#include <functional>

using namespace lectern;
using namespace lectern::test;

namespace {

RandomShape tinyShape()
{
    RandomShape shape;
    shape.heads = 4;
    shape.kvHeads = 2;
    shape.headDim = 8;
    shape.embedding = 32;
    shape.feedForward = 40;
    shape.vocabulary = 20;
    return shape;
}

using Edit = std::function<void(RandomGguf&)>;

struct Row {
    const char* name;
    ErrorCode code;
    const char* named; // what the message must name
    Edit edit;
};

MetaValue whole(std::uint64_t value)
{
    return value;
}

// Wrong keys.
const std::vector<Row> kKeyRows{
    {"no architecture", ErrorCode::Unsupported, "architecture",
     [](auto& f) { f.keys.erase("general.architecture"); }},
    {"foreign architecture", ErrorCode::Unsupported, "mamba",
     [](auto& f) { f.keys["general.architecture"] = std::string("mamba"); }},
    {"architecture is a number", ErrorCode::BadInput, "general.architecture",
     [](auto& f) { f.keys["general.architecture"] = whole(1); }},
    {"no layers", ErrorCode::BadInput, "llama.block_count",
     [](auto& f) { f.keys.erase("llama.block_count"); }},
    {"0 layers", ErrorCode::BadInput, "llama.block_count",
     [](auto& f) { f.keys["llama.block_count"] = whole(0); }},
    {"layers beyond count", ErrorCode::BadInput, "llama.block_count",
     [](auto& f) { f.keys["llama.block_count"] = whole(4000000000u); }},
    {"more layers than tensors", ErrorCode::BadInput, "blk.2.",
     [](auto& f) { f.keys["llama.block_count"] = whole(3); }},
    {"layers as text", ErrorCode::BadInput, "llama.block_count",
     [](auto& f) { f.keys["llama.block_count"] = std::string("two"); }},
    {"no heads", ErrorCode::BadInput, "llama.attention.head_count",
     [](auto& f) { f.keys.erase("llama.attention.head_count"); }},
    {"0 heads", ErrorCode::BadInput, "llama.attention.head_count",
     [](auto& f) { f.keys["llama.attention.head_count"] = whole(0); }},
    {"more heads than numbers", ErrorCode::BadInput, "llama.attention.key_length",
     [](auto& f) { f.keys["llama.attention.head_count"] = whole(64); }},
    {"heads do not divide", ErrorCode::BadInput, "3 KV heads",
     [](auto& f) { f.keys["llama.attention.head_count_kv"] = whole(3); }},
    {"more KV heads than heads", ErrorCode::BadInput, "8 KV heads",
     [](auto& f) { f.keys["llama.attention.head_count_kv"] = whole(8); }},
    {"KV heads of another model", ErrorCode::BadInput, "attn_k.weight",
     [](auto& f) { f.keys["llama.attention.head_count_kv"] = whole(4); }},
    {"no width", ErrorCode::BadInput, "llama.embedding_length",
     [](auto& f) { f.keys.erase("llama.embedding_length"); }},
    {"absurd width", ErrorCode::BadInput, "llama.embedding_length",
     [](auto& f) { f.keys["llama.embedding_length"] = whole(std::uint64_t{1} << 62); }},
    {"other width", ErrorCode::BadInput, "token_embd.weight",
     [](auto& f) { f.keys["llama.embedding_length"] = whole(64); }},
    {"no feed-forward", ErrorCode::BadInput, "llama.feed_forward_length",
     [](auto& f) { f.keys.erase("llama.feed_forward_length"); }},
    {"other feed-forward", ErrorCode::BadInput, "ffn_gate.weight",
     [](auto& f) { f.keys["llama.feed_forward_length"] = whole(41); }},
    {"absurd head size", ErrorCode::BadInput, "llama.attention.key_length",
     [](auto& f) { f.keys["llama.attention.key_length"] = whole(1u << 20); }},
    {"other head size", ErrorCode::BadInput, "attn_q.weight",
     [](auto& f) { f.keys["llama.attention.key_length"] = whole(16); }},
    {"context of 0", ErrorCode::BadInput, "llama.context_length",
     [](auto& f) { f.keys["llama.context_length"] = whole(0); }},
    {"epsilon is no number", ErrorCode::BadInput, "layer_norm_rms_epsilon",
     [](auto& f) { f.keys["llama.attention.layer_norm_rms_epsilon"] = std::nan(""); }},
    {"epsilon below 0", ErrorCode::BadInput, "layer_norm_rms_epsilon",
     [](auto& f) { f.keys["llama.attention.layer_norm_rms_epsilon"] = -1.0; }},
    {"rope base of 0", ErrorCode::BadInput, "rotary",
     [](auto& f) { f.keys["llama.rope.freq_base"] = 0.0; }},
    {"rope wider than a head", ErrorCode::BadInput, "rotary",
     [](auto& f) { f.keys["llama.rope.dimension_count"] = whole(16); }},
    {"odd rope", ErrorCode::BadInput, "rotary",
     [](auto& f) { f.keys["llama.rope.dimension_count"] = whole(5); }},
    {"foreign scaling", ErrorCode::Unsupported, "mystery",
     [](auto& f) { f.keys["llama.rope.scaling.type"] = std::string("mystery"); }},
    {"stretched from nothing", ErrorCode::BadInput, "rotary scaling",
     [](auto& f) { f.keys["llama.rope.scaling.original_context_length"] = whole(0); }},
    {"magnitude below 0", ErrorCode::BadInput, "rotary scaling",
     [](auto& f) { f.keys["llama.rope.scaling.attn_factor"] = -1.0; }},
    {"YaRN that never turns", ErrorCode::BadInput, "YaRN",
     [](auto& f) {
         f.keys["llama.rope.scaling.type"] = std::string("yarn");
         f.keys["llama.rope.scaling.yarn_beta_slow"] = 0.0;
     }},
    {"longrope without factors", ErrorCode::BadInput, "rope_factors_short.weight",
     [](auto& f) { f.keys["llama.rope.scaling.type"] = std::string("longrope"); }},
    {"mixture of experts", ErrorCode::Unsupported, "experts",
     [](auto& f) { f.keys["llama.expert_count"] = whole(8); }},
    {"values of another size", ErrorCode::Unsupported, "values",
     [](auto& f) { f.keys["llama.attention.value_length"] = whole(16); }},
    {"layers unlike each other", ErrorCode::Unsupported, "llama.feed_forward_length",
     [](auto& f) {
         f.keys["llama.feed_forward_length"] = std::vector<std::uint64_t>{40, 48};
     }},
    {"scaling by 0", ErrorCode::BadInput, "rotary",
     [](auto& f) {
         f.keys["llama.rope.scaling.type"] = std::string("linear");
         f.keys["llama.rope.scaling.factor"] = 0.0;
     }},
};

// Wrong tensors.
const std::vector<Row>& tensorRows()
{
    static const std::vector<Row> table{
        {"rope_freqs of 0", ErrorCode::BadInput, "rope_freqs.weight",
         [](auto& f) {
             f.tensors["rope_freqs.weight"] = {TensorType::F32, {4}, std::vector<std::byte>(16)};
         }},
        {"rope_freqs of another size", ErrorCode::BadInput, "rope_freqs.weight",
         [](auto& f) {
             f.tensors["rope_freqs.weight"] = {TensorType::F32, {3}, std::vector<std::byte>(12)};
         }},
        {"no embedding", ErrorCode::BadInput, "token_embd.weight",
         [](auto& f) { f.tensors.erase("token_embd.weight"); }},
        {"turned embedding", ErrorCode::BadInput, "token_embd.weight",
         [](auto& f) {
             f.tensors["token_embd.weight"].shape = {20, 32};
         }},
        {"no final norm", ErrorCode::BadInput, "output_norm.weight",
         [](auto& f) { f.tensors.erase("output_norm.weight"); }},
        {"no attention output", ErrorCode::BadInput, "blk.1.attn_output.weight",
         [](auto& f) { f.tensors.erase("blk.1.attn_output.weight"); }},
        {"output of another size", ErrorCode::BadInput, "output.weight",
         [](auto& f) { f.tensors["output.weight"].shape = {640}; }},
        {"norm of another size", ErrorCode::BadInput, "blk.0.ffn_norm.weight",
         [](auto& f) {
             f.tensors["blk.0.ffn_norm.weight"] = {TensorType::F32, {31}, std::vector<std::byte>(124)};
         }},
        {"third dimension", ErrorCode::BadInput, "blk.0.ffn_up.weight",
         [](auto& f) {
             f.tensors["blk.0.ffn_up.weight"].shape = {32, 20, 2};
         }},
    };
    return table;
}

const std::vector<Row>& rows()
{
    static const std::vector<Row> all = [] {
        std::vector<Row> joined = kKeyRows;
        joined.insert(joined.end(), tensorRows().begin(), tensorRows().end());
        return joined;
    }();
    return all;
}

} // namespace

class TestBadModel : public QObject {
    Q_OBJECT

private slots:
    void refusedByName_data();
    void refusedByName();
    void theUnchangedModelOpens();
    void missingFile();
    void randomDamage();

private:
    QString path() { return m_folder.filePath("model.gguf"); }
    QTemporaryDir m_folder;
};

void TestBadModel::refusedByName_data()
{
    QTest::addColumn<int>("row");
    for (int i = 0; i < int(rows().size()); ++i)
        QTest::newRow(rows()[size_t(i)].name) << i;
}

void TestBadModel::refusedByName()
{
    QFETCH(int, row);
    const Row& wrong = rows()[size_t(row)];
    RandomGguf file(tinyShape());
    wrong.edit(file);
    QCOMPARE(file.write(path().toStdString()), std::string());
    QElapsedTimer timer;
    timer.start();
    const auto model = Model::open(path().toStdString());
    QVERIFY(timer.elapsed() < 1000);
    QVERIFY(!model);
    const QString message = QString::fromStdString(model.error().message);
    QVERIFY2(message.contains(wrong.named), qPrintable(message));
    QVERIFY2(message.endsWith('.'), qPrintable(message));
    QVERIFY2(model.error().code == wrong.code, qPrintable(message));
    QVERIFY(!model.error().hint.empty());
}

void TestBadModel::theUnchangedModelOpens()
{
    const RandomGguf file(tinyShape());
    QCOMPARE(file.write(path().toStdString()), std::string());
    const auto model = Model::open(path().toStdString());
    QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
    const DecoderSpec& spec = (*model)->spec();
    QCOMPARE(spec.layers, 2);
    QCOMPARE(spec.headDim, 8);
    QCOMPARE(spec.vocabulary, 20);
    QCOMPARE(spec.contextLength, std::int64_t(4096));
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : file.tensors)
        bytes += tensor.bytes.size();
    QCOMPARE((*model)->weights().bytes, bytes);
    QCOMPARE((*model)->weights().parameters, bytes / 4);
}

void TestBadModel::missingFile()
{
    const auto model = Model::open("/nowhere/model.gguf");
    QVERIFY(!model);
    QCOMPARE(model.error().code, ErrorCode::NotFound);
}

// Bytes of the header changed by chance: an error, or a model whose every number was checked.
void TestBadModel::randomDamage()
{
    const RandomGguf file(tinyShape());
    QCOMPARE(file.write(path().toStdString()), std::string());
    QFile stored(path());
    QVERIFY(stored.open(QIODevice::ReadOnly));
    const QByteArray good = stored.readAll();
    std::mt19937 random(1);
    int refused = 0;
    for (int i = 0; i < 600; ++i) {
        QByteArray bad = good;
        for (std::int64_t n = drawn(random, 1, 4); n > 0; --n)
            bad[int(drawn(random, 8, 2500))] = char(drawn(random, 0, 255));
        QFile out(m_folder.filePath("bad.gguf"));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(bad);
        out.close();
        const auto model = Model::open(out.fileName().toStdString());
        refused += !model;
        QVERIFY(model ? (*model)->spec().layers >= 1 : !model.error().message.empty());
    }
    QVERIFY(refused > 300);
}

QTEST_GUILESS_MAIN(TestBadModel)
#include "tst_bad_model.moc"
