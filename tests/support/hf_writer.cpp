#include "tests/support/hf_writer.h"

#include <cstring>
#include <fstream>
#include <variant>

namespace lectern::test {

using nlohmann::json;

namespace {

struct ClassRow {
    const char* name; // of the random model
    const char* className;
    const char* modelType;
};

constexpr ClassRow kClasses[] = {
    {"llama", "LlamaForCausalLM", "llama"},      {"llama-fused", "LlamaForCausalLM", "llama"},
    {"llama-yarn", "LlamaForCausalLM", "llama"}, {"llama-longrope", "LlamaForCausalLM", "llama"},
    {"qwen2", "Qwen2ForCausalLM", "qwen2"},      {"qwen3", "Qwen3ForCausalLM", "qwen3"},
    {"gemma2", "Gemma2ForCausalLM", "gemma2"},   {"gemma3", "Gemma3ForCausalLM", "gemma3_text"},
    {"phi3", "Phi3ForCausalLM", "phi3"},         {"phi3-long", "Phi3ForCausalLM", "phi3"},
    {"phi3-short", "Phi3ForCausalLM", "phi3"},   {"olmo2", "Olmo2ForCausalLM", "olmo2"},
    {"olmo3", "Olmo3ForCausalLM", "olmo3"},      {"starcoder2", "Starcoder2ForCausalLM", "starcoder2"},
};

struct NameRow {
    const char* gguf;
    const char* hf;
};

// Where classes differ: "architecture:name" before "name".
constexpr NameRow kNames[] = {
    {"token_embd", "model.embed_tokens"},
    {"output_norm", "model.norm"},
    {"output", "lm_head"},
    {"attn_norm", "input_layernorm"},
    {"attn_q", "self_attn.q_proj"},
    {"attn_k", "self_attn.k_proj"},
    {"attn_v", "self_attn.v_proj"},
    {"attn_qkv", "self_attn.qkv_proj"},
    {"attn_output", "self_attn.o_proj"},
    {"attn_q_norm", "self_attn.q_norm"},
    {"attn_k_norm", "self_attn.k_norm"},
    {"gemma2:ffn_norm", "pre_feedforward_layernorm"},
    {"gemma3:ffn_norm", "pre_feedforward_layernorm"},
    {"ffn_norm", "post_attention_layernorm"},
    {"post_attention_norm", "post_attention_layernorm"},
    {"post_ffw_norm", "post_feedforward_layernorm"},
    {"ffn_gate", "mlp.gate_proj"},
    {"phi3:ffn_up", "mlp.gate_up_proj"},
    {"starcoder2:ffn_up", "mlp.c_fc"},
    {"ffn_up", "mlp.up_proj"},
    {"starcoder2:ffn_down", "mlp.c_proj"},
    {"ffn_down", "mlp.down_proj"},
};

std::size_t rowBytes(const GgufTensor& tensor)
{
    return tensor.shape.size() > 1 ? tensor.bytes.size() / tensor.shape[1]
                                   : tensor.bytes.size() / tensor.shape[0];
}

void subtractOne(GgufTensor& tensor)
{
    std::vector<float> values(tensor.shape[0]);
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    for (float& value : values)
        value -= 1;
    std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
}

json numberOf(const MetaValue& value)
{
    if (const auto* whole = std::get_if<std::uint64_t>(&value))
        return *whole;
    if (const auto* real = std::get_if<double>(&value))
        return *real;
    const auto* text = std::get_if<std::string>(&value);
    return text ? json(*text) : json();
}

class Configuration {
public:
    Configuration(const RandomGguf& file, std::string architecture)
        : m_file(file), m_architecture(std::move(architecture))
    {
    }
    json value(const std::string& key) const
    {
        const auto found = m_file.keys.find(m_architecture + "." + key);
        return found == m_file.keys.end() ? json() : numberOf(found->second);
    }
    void copy(json& config, const char* to, const std::string& key) const
    {
        if (const json found = value(key); !found.is_null())
            config[to] = found;
    }

private:
    const RandomGguf& m_file;
    std::string m_architecture;
};

std::vector<float> floatsOf(const GgufTensor& tensor)
{
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return values;
}

json scalingOf(const Configuration& keys, const RandomGguf& file)
{
    const json type = keys.value("rope.scaling.type");
    if (type.is_null())
        return {};
    json scaling{{"rope_type", type}};
    keys.copy(scaling, "factor", "rope.scaling.factor");
    keys.copy(scaling, "original_max_position_embeddings", "rope.scaling.original_context_length");
    keys.copy(scaling, "beta_fast", "rope.scaling.yarn_beta_fast");
    keys.copy(scaling, "attention_factor", "rope.scaling.attn_factor");
    if (type == "longrope") {
        scaling["long_factor"] = floatsOf(file.tensors.at("rope_factors_long.weight"));
        scaling["short_factor"] = floatsOf(file.tensors.at("rope_factors_short.weight"));
    }
    return scaling;
}

json configOf(const ClassRow& row, const std::string& architecture, const RandomGguf& file)
{
    const Configuration keys(file, architecture);
    const ReferenceModel& model = file.reference;
    json config{{"architectures", {row.className}}, {"model_type", row.modelType}};
    keys.copy(config, "num_hidden_layers", "block_count");
    keys.copy(config, "hidden_size", "embedding_length");
    keys.copy(config, "intermediate_size", "feed_forward_length");
    keys.copy(config, "num_attention_heads", "attention.head_count");
    keys.copy(config, "num_key_value_heads", "attention.head_count_kv");
    keys.copy(config, "max_position_embeddings", "context_length");
    keys.copy(config, "sliding_window", "attention.sliding_window");
    keys.copy(config, "rope_theta", "rope.freq_base");
    config["head_dim"] = model.headDim;
    config["vocab_size"] = model.vocabulary;
    config[model.layerNorms ? "norm_epsilon" : "rms_norm_eps"] = 1e-5;
    config["hidden_act"] = model.geluGate ? "gelu_pytorch_tanh" : "silu";
    config["tie_word_embeddings"] = file.tensors.count("output.weight") == 0;
    if (architecture.starts_with("gemma")) {
        config["query_pre_attn_scalar"] = model.headDim;
        config["attn_logit_softcapping"] = model.attentionSoftcap > 0 ? json(model.attentionSoftcap) : json();
        config["final_logit_softcapping"] = model.outputSoftcap > 0 ? json(model.outputSoftcap) : json();
    }
    if (architecture == "gemma3")
        config["rope_local_base_freq"] = model.windowRopeBase;
    if (const json scaling = scalingOf(keys, file); !scaling.is_null())
        config["rope_scaling"] = scaling;
    if (model.layers.front().window > 0 && architecture != "gemma3")
        for (const ReferenceLayer& layer : model.layers)
            config["layer_types"].push_back(layer.window > 0 ? "sliding_attention" : "full_attention");
    return config;
}

const char* dtypeOf(TensorType type)
{
    return type == TensorType::F16 ? "F16" : type == TensorType::BF16 ? "BF16" : "F32";
}

} // namespace

std::string hfTensorName(const std::string& architecture, const std::string& name)
{
    const bool layer = name.starts_with("blk.");
    const std::size_t begin = layer ? name.find('.', 4) + 1 : 0, end = name.rfind('.');
    const std::string stem = name.substr(begin, end - begin), kind = name.substr(end);
    for (const NameRow& row : kNames)
        if (row.gguf == architecture + ":" + stem || row.gguf == stem)
            return (layer ? "model.layers." + name.substr(4, begin - 4) : "") + row.hf + kind;
    return {};
}

void halveRows(GgufTensor& tensor, std::size_t headDim)
{
    const std::size_t size = rowBytes(tensor), rows = tensor.bytes.size() / size;
    const std::vector<std::byte> from = tensor.bytes;
    for (std::size_t head = 0; head < rows; head += headDim)
        for (std::size_t i = 0; i < headDim; ++i) {
            const std::size_t source = head + (i < headDim / 2 ? 2 * i : 2 * (i - headDim / 2) + 1);
            std::memcpy(tensor.bytes.data() + (head + i) * size, from.data() + source * size, size);
        }
}

std::string writeSafetensors(const std::map<std::string, GgufTensor>& tensors, const std::string& path)
{
    json header = json::object();
    std::size_t at = 0;
    for (const auto& [name, tensor] : tensors) {
        json shape = json::array();
        for (auto extent = tensor.shape.rbegin(); extent != tensor.shape.rend(); ++extent)
            shape.push_back(*extent);
        header[name] = {{"dtype", dtypeOf(tensor.type)},
                        {"shape", shape},
                        {"data_offsets", {at, at + tensor.bytes.size()}}};
        at += tensor.bytes.size();
    }
    const std::string text = header.dump();
    const std::uint64_t length = text.size();
    std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
    bytes += text;
    for (const auto& [name, tensor] : tensors)
        bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    return writeText(path, bytes);
}

std::string writeText(const std::string& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    return file.flush() ? std::string() : "cannot write " + path;
}

HfModel hfModelOf(const std::string& name, const RandomGguf& file)
{
    const ClassRow& row = *std::find_if(std::begin(kClasses), std::end(kClasses),
                                        [&](const ClassRow& each) { return name == each.name; });
    const std::string architecture = std::get<std::string>(file.keys.at("general.architecture"));
    HfModel model;
    model.config = configOf(row, architecture, file);
    for (const auto& [gguf, tensor] : file.tensors) {
        const std::string to = hfTensorName(architecture, gguf);
        if (to.empty())
            continue;
        GgufTensor& copy = model.tensors[to] = tensor;
        const bool query = gguf.find(".attn_q.") != gguf.npos, key = gguf.find(".attn_k.") != gguf.npos;
        if (architecture == "llama" && (query || key))
            halveRows(copy, std::size_t(file.reference.headDim));
        if (architecture.starts_with("gemma") && gguf.ends_with("norm.weight"))
            subtractOne(copy);
    }
    return model;
}

std::string writeHf(const HfModel& model, const std::string& folder, int shards)
{
    std::string wrong = writeText(folder + "/config.json", model.config.dump(2));
    if (shards == 1)
        return wrong + writeSafetensors(model.tensors, folder + "/model.safetensors");
    std::vector<std::map<std::string, GgufTensor>> parts(static_cast<std::size_t>(shards));
    json index{{"metadata", {{"total_size", 0}}}, {"weight_map", json::object()}};
    std::size_t next = 0;
    for (const auto& [name, tensor] : model.tensors) {
        const std::size_t part = next++ % parts.size();
        parts[part][name] = tensor;
        index["weight_map"][name] = "model-" + std::to_string(part + 1) + ".safetensors";
    }
    for (std::size_t part = 0; part < parts.size(); ++part)
        wrong +=
            writeSafetensors(parts[part], folder + "/model-" + std::to_string(part + 1) + ".safetensors");
    return wrong + writeText(folder + "/model.safetensors.index.json", index.dump());
}

} // namespace lectern::test
