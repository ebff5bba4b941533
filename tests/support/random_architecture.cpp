#include "tests/support/random_architecture.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numbers>
#include <random>

namespace lectern::test {

namespace {

constexpr int kWindow = 40;
constexpr double kScaledFrom = 64; // tokens of the context before a scaling stretched it
constexpr double kFactor = 5;

// Changes the random Llama file and its reference alike.
class Remaker {
public:
    Remaker(RandomGguf& file, std::string architecture, unsigned seed)
        : m_file(file), m_architecture(std::move(architecture)), m_random(seed)
    {
        std::map<std::string, MetaValue> keys;
        for (const auto& [key, value] : file.keys)
            keys[key.starts_with("llama.") ? m_architecture + key.substr(5) : key] = value;
        file.keys = std::move(keys);
        file.keys["general.architecture"] = m_architecture;
        file.keys["tokenizer.ggml.model"] = std::string("no_vocab");
        key("vocab_size", whole(reference().vocabulary));
        key("attention.key_length", whole(reference().headDim));
        key("attention.value_length", whole(reference().headDim));
    }

    static MetaValue whole(int value) { return std::uint64_t(value); }
    ReferenceModel& reference() { return m_file.reference; }
    void key(const std::string& name, MetaValue value)
    {
        m_file.keys[m_architecture + "." + name] = std::move(value);
    }
    void eraseKey(const std::string& name) { m_file.keys.erase(m_architecture + "." + name); }

    std::vector<double> vector(const std::string& name, int count, float mean, float deviation)
    {
        std::uniform_real_distribution<float> spread(mean - deviation, mean + deviation);
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values)
            value = spread(m_random);
        GgufTensor tensor{TensorType::F32, {std::uint64_t(count)}, {}};
        tensor.bytes.resize(values.size() * sizeof(float));
        std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
        m_file.tensors[name] = std::move(tensor);
        return {values.begin(), values.end()};
    }

    // Calls `change` with each layer and the beginning of its tensors' names.
    void layers(const std::function<void(ReferenceLayer&, const std::string&)>& change)
    {
        for (std::size_t i = 0; i < reference().layers.size(); ++i)
            change(reference().layers[i], "blk." + std::to_string(i) + ".");
    }

    std::vector<double> norm(const std::string& name, int count) { return vector(name, count, 1.0f, 0.3f); }
    std::vector<double> bias(const std::string& name, int count) { return vector(name, count, 0.0f, 0.4f); }

    void drop(std::vector<double>& reference, const std::string& tensor)
    {
        reference.clear();
        m_file.tensors.erase(tensor);
    }

    // Puts the tensors one below the other.
    void fuse(const std::vector<std::string>& parts, const std::string& into)
    {
        GgufTensor whole = m_file.tensors.at(parts.front());
        for (std::size_t i = 1; i < parts.size(); ++i) {
            const GgufTensor& part = m_file.tensors.at(parts[i]);
            whole.bytes.insert(whole.bytes.end(), part.bytes.begin(), part.bytes.end());
            whole.shape.back() += part.shape.back();
        }
        for (const std::string& part : parts)
            m_file.tensors.erase(part);
        m_file.tensors[into] = std::move(whole);
    }

    // The last layer of each period sees all, the others a window.
    void window(int period)
    {
        key("attention.sliding_window", whole(kWindow));
        for (std::size_t i = 0; i < reference().layers.size(); ++i)
            reference().layers[i].window = int(i) % period < period - 1 ? kWindow : 0;
    }

private:
    RandomGguf& m_file;
    std::string m_architecture;
    std::mt19937 m_random;
};

void queryKeyNorms(Remaker& make, int queryCount, int keyCount)
{
    make.layers([&](ReferenceLayer& layer, const std::string& name) {
        layer.queryNorm = make.norm(name + "attn_q_norm.weight", queryCount);
        layer.keyNorm = make.norm(name + "attn_k_norm.weight", keyCount);
    });
}

void postNorms(Remaker& make)
{
    make.layers([&](ReferenceLayer& layer, const std::string& name) {
        layer.attentionPostNorm = make.norm(name + "post_attention_norm.weight", make.reference().embedding);
        layer.feedForwardPostNorm = make.norm(name + "post_ffw_norm.weight", make.reference().embedding);
    });
}

void fuseQueryKeyValue(Remaker& make)
{
    make.layers([&](ReferenceLayer&, const std::string& name) {
        make.fuse({name + "attn_q.weight", name + "attn_k.weight", name + "attn_v.weight"},
                  name + "attn_qkv.weight");
    });
}

// As divisors of the plain frequencies. `lowTurns`: arXiv 2309.00071's alpha, highTurns its beta.
void yarn(Remaker& make)
{
    make.key("rope.scaling.type", std::string("yarn"));
    make.key("rope.scaling.factor", kFactor);
    make.key("rope.scaling.original_context_length", Remaker::whole(int(kScaledFrom)));
    make.key("rope.scaling.yarn_beta_fast", 8.0);
    ReferenceModel& model = make.reference();
    const double n = model.ropeDimensions;
    const auto pairOfTurns = [&](double turns) {
        return n * std::log(kScaledFrom / (turns * 2 * std::numbers::pi)) / (2 * std::log(model.ropeBase));
    };
    const double low = std::max(std::floor(pairOfTurns(8)), 0.0);
    const double high = std::min(std::ceil(pairOfTurns(1)), n - 1);
    for (int i = 0; i < model.ropeDimensions / 2; ++i) {
        const double interpolated = std::min(1.0, std::max(0.0, (i - low) / (high - low)));
        model.ropeDivisors.push_back(1 / (interpolated / kFactor + (1 - interpolated)));
    }
    model.ropeMagnitude = 0.1 * std::log(kFactor) + 1;
}

void longRope(Remaker& make, bool isLong)
{
    const int pairs = make.reference().ropeDimensions / 2;
    make.key("rope.scaling.type", std::string("longrope"));
    make.key("rope.scaling.original_context_length", Remaker::whole(isLong ? int(kScaledFrom) : 4096));
    make.key("rope.scaling.attn_factor", 1.1875);
    make.reference().ropeMagnitude = 1.1875;
    const auto longDivisors = make.vector("rope_factors_long.weight", pairs, 5.0f, 4.0f);
    const auto shortDivisors = make.vector("rope_factors_short.weight", pairs, 1.5f, 0.5f);
    make.reference().ropeDivisors = isLong ? longDivisors : shortDivisors;
}

void qwen2(Remaker& make)
{
    make.layers([&](ReferenceLayer& layer, const std::string& name) {
        layer.queryBias =
            make.bias(name + "attn_q.bias", int(layer.query.size()) / make.reference().embedding);
        layer.keyBias = make.bias(name + "attn_k.bias", int(layer.key.size()) / make.reference().embedding);
        layer.valueBias =
            make.bias(name + "attn_v.bias", int(layer.value.size()) / make.reference().embedding);
    });
}

void gemma(Remaker& make)
{
    make.reference().geluGate = true;
    make.reference().embeddingScale = std::sqrt(double(make.reference().embedding));
    postNorms(make);
}

void gemma2(Remaker& make)
{
    gemma(make);
    make.window(2);
    make.key("attn_logit_softcapping", 4.0);
    make.key("final_logit_softcapping", 6.0);
    make.reference().attentionSoftcap = 4;
    make.reference().outputSoftcap = 6;
}

void gemma3(Remaker& make)
{
    gemma(make);
    queryKeyNorms(make, make.reference().headDim, make.reference().headDim);
    make.window(6);
    make.key("rope.freq_base", 1e6);
    make.key("rope.scaling.type", std::string("linear"));
    make.key("rope.scaling.factor", 8.0);
    make.reference().ropeBase = 1e6;
    make.reference().positionScale = 1.0 / 8;
    make.reference().windowRopeBase = 10000;
}

void phi3(Remaker& make)
{
    fuseQueryKeyValue(make);
    make.layers([&](ReferenceLayer&, const std::string& name) {
        make.fuse({name + "ffn_gate.weight", name + "ffn_up.weight"}, name + "ffn_up.weight");
    });
}

void olmo2(Remaker& make)
{
    const ReferenceModel& model = make.reference();
    queryKeyNorms(make, model.heads * model.headDim, model.kvHeads * model.headDim);
    postNorms(make);
    make.layers([&](ReferenceLayer& layer, const std::string& name) {
        make.drop(layer.attentionNorm, name + "attn_norm.weight");
        make.drop(layer.feedForwardNorm, name + "ffn_norm.weight");
    });
}

void olmo3(Remaker& make)
{
    olmo2(make);
    make.window(4);
    yarn(make);
    make.reference().windowRopeBase = make.reference().ropeBase;
}

void starcoder2(Remaker& make)
{
    ReferenceModel& model = make.reference();
    make.eraseKey("attention.layer_norm_rms_epsilon");
    make.key("attention.layer_norm_epsilon", 1e-5);
    model.layerNorms = model.geluGate = true;
    qwen2(make);
    model.outputNormBias = make.bias("output_norm.bias", model.embedding);
    make.layers([&](ReferenceLayer& layer, const std::string& name) {
        layer.attentionNormBias = make.bias(name + "attn_norm.bias", model.embedding);
        layer.feedForwardNormBias = make.bias(name + "ffn_norm.bias", model.embedding);
        layer.attentionOutBias = make.bias(name + "attn_output.bias", model.embedding);
        layer.upBias = make.bias(name + "ffn_up.bias", model.feedForward);
        layer.downBias = make.bias(name + "ffn_down.bias", model.embedding);
        make.drop(layer.gate, name + "ffn_gate.weight");
    });
}

struct Row {
    const char* name;
    const char* architecture;
    int layers;
    bool neox, tied, wide; // wide: heads * headDim is not the embedding
    void (*remake)(Remaker&);
};

constexpr Row kRows[] = {
    {"llama", "llama", 3, false, false, true, [](Remaker&) {}},
    {"llama-fused", "llama", 2, false, true, false, fuseQueryKeyValue},
    {"llama-yarn", "llama", 2, false, true, false, yarn},
    {"llama-longrope", "llama", 2, false, true, false, [](Remaker& make) { longRope(make, true); }},
    {"qwen2", "qwen2", 3, true, true, false, qwen2},
    {"qwen3", "qwen3", 3, true, false, true,
     [](Remaker& make) { queryKeyNorms(make, make.reference().headDim, make.reference().headDim); }},
    {"gemma2", "gemma2", 4, true, true, true, gemma2},
    {"gemma3", "gemma3", 7, true, true, true, gemma3},
    {"phi3", "phi3", 3, true, false, false, phi3},
    {"phi3-long", "phi3", 2, true, false, false, [](Remaker& make) { phi3(make), longRope(make, true); }},
    {"phi3-short", "phi3", 2, true, false, false, [](Remaker& make) { phi3(make), longRope(make, false); }},
    {"olmo2", "olmo2", 3, true, false, false, olmo2},
    {"olmo3", "olmo2", 5, true, false, false, olmo3},
    {"starcoder2", "starcoder2", 3, true, true, false, starcoder2},
};

} // namespace

const std::vector<std::string>& randomArchitectureNames()
{
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const Row& row : kRows)
            list.emplace_back(row.name);
        return list;
    }();
    return names;
}

RandomGguf randomArchitecture(const std::string& name, TensorType type, unsigned seed,
                              ArchitectureWidth width)
{
    const Row& row =
        *std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& each) { return name == each.name; });
    RandomShape shape;
    shape.layers = row.layers;
    shape.heads = 4;
    shape.kvHeads = 2;
    shape.headDim = row.wide ? 24 : 16;
    shape.embedding = 64;
    shape.feedForward = 96;
    if (width == ArchitectureWidth::Wide) {
        shape.headDim = row.wide ? 128 : 64;
        shape.embedding = shape.feedForward = 256;
    }
    shape.vocabulary = kGoldenVocabulary;
    shape.type = type;
    shape.tied = row.tied;
    shape.seed = seed;
    RandomGguf file(shape);
    Remaker make(file, row.architecture, seed + 1000);
    make.reference().neox = row.neox;
    row.remake(make);
    return file;
}

} // namespace lectern::test
