#include "engine/format/hf_config.h"

#include <array>
#include <cmath>

namespace lectern {

using nlohmann::json;

namespace {

constexpr const char* kHint = "The folder is damaged or incomplete; download it again.";

struct NumberRow {
    const char* from; // config.json
    const char* to;   // GGUF, after "<architecture>."
    bool needed;
};

constexpr std::array kWholes{
    NumberRow{"num_hidden_layers", "block_count", true},
    NumberRow{"hidden_size", "embedding_length", true},
    NumberRow{"num_attention_heads", "attention.head_count", true},
    NumberRow{"num_key_value_heads", "attention.head_count_kv", false},
    NumberRow{"intermediate_size", "feed_forward_length", true},
    NumberRow{"max_position_embeddings", "context_length", false},
    NumberRow{"head_dim", "attention.key_length", false},
    NumberRow{"head_dim", "attention.value_length", false},
    NumberRow{"vocab_size", "vocab_size", false},
};

class Translator {
public:
    Translator(HfConfig& config, const HfFamily& family, HfNumbers& into)
        : m_config(config), m_family(family), m_into(into), m_prefix(std::string(family.architecture) + ".")
    {
    }

    void set(const std::string& key, MetaValue value) { m_into.metadata.insert(m_prefix + key, std::move(value)); }
    void refuseForeign();
    void wholes();
    void norms();
    void gemma();
    void windows();

private:
    void setPattern(const std::vector<bool>& windowed);

    HfConfig& m_config;
    const HfFamily& m_family;
    HfNumbers& m_into;
    std::string m_prefix;
};

// What would be computed wrongly if it were passed over.
void Translator::refuseForeign()
{
    std::string activation = m_config.text("hidden_activation");
    const bool named = !activation.empty();
    if (!named)
        activation = m_config.text("hidden_act");
    const std::string wanted = m_family.traits.activation;
    const bool gelu = m_family.traits.normsAddOne && !named; // Gemma's class takes the tanh form anyway
    if (!activation.empty() && activation != wanted && !(activation == "gelu" && gelu))
        m_config.refuse(ErrorCode::Unsupported,
                        "the activation \"" + activation + "\" is not what its class computes (" + wanted + ")",
                        "Use another model.");
    if (m_config.find("quantization_config"))
        m_config.refuse(ErrorCode::Unsupported,
                        "its weights are quantised in a way of their own (\"quantization_config\")",
                        "Use the model's unquantised folder, or a GGUF file of it.");
}

void Translator::wholes()
{
    for (const NumberRow& row : kWholes) {
        const auto value = m_config.whole(row.from);
        if (value)
            set(row.to, *value);
        else if (row.needed)
            m_config.refuse(ErrorCode::BadInput, "\"" + std::string(row.from) + "\" is missing", kHint);
    }
}

void Translator::norms()
{
    const bool layerNorms = std::string(m_family.architecture) == "starcoder2";
    const auto epsilon = m_config.number(layerNorms ? "norm_epsilon" : "rms_norm_eps");
    set(layerNorms ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon",
        epsilon.value_or(m_family.traits.epsilon));
}

void Translator::gemma()
{
    for (const char* cap : {"attn_logit_softcapping", "final_logit_softcapping"})
        set(cap, m_config.number(cap).value_or(0.0));
    const auto scalar = m_config.number("query_pre_attn_scalar");
    if (scalar && *scalar > 0)
        set("attention.scale", 1.0 / std::sqrt(*scalar));
}

// One truth value a layer, or the period that says the same.
void Translator::setPattern(const std::vector<bool>& windowed)
{
    for (std::size_t period = 1; period <= windowed.size() + 1; ++period) {
        bool fits = true;
        for (std::size_t i = 0; i < windowed.size() && fits; ++i)
            fits = windowed[i] == (i % period < period - 1);
        if (fits)
            return set("attention.sliding_window_pattern", std::uint64_t(period));
    }
    set("attention.sliding_window_pattern", windowed);
}

void Translator::windows()
{
    const std::string architecture = m_family.architecture;
    const auto window = m_config.whole("sliding_window");
    const bool qwen = architecture.starts_with("qwen");
    const bool none = architecture == "phi3" || m_family.className == std::string("Olmo2ForCausalLM");
    const auto layers = std::size_t(std::min<std::uint64_t>(m_config.whole("num_hidden_layers").value_or(0), 1024));
    if (!window || *window == 0 || none || (qwen && !m_config.flag("use_sliding_window", false)))
        return;
    set("attention.sliding_window", *window);
    std::vector<bool> windowed;
    for (const std::string& kind : m_config.texts("layer_types"))
        windowed.push_back(kind == "sliding_attention");
    if (!windowed.empty() && windowed.size() != layers)
        return m_config.refuse(ErrorCode::BadInput, "\"layer_types\" does not name every layer", kHint);
    if (windowed.empty() && qwen)
        for (std::size_t i = 0; i < layers; ++i)
            windowed.push_back(i >= m_config.whole("max_window_layers").value_or(28));
    if (!windowed.empty())
        return setPattern(windowed);
    if (const auto period = m_config.whole("sliding_window_pattern"))
        set("attention.sliding_window_pattern", *period);
}

} // namespace

const json* HfConfig::find(const char* key) const
{
    const auto found = m_tree.find(key);
    return found == m_tree.end() || found->is_null() ? nullptr : &*found;
}

void HfConfig::refuse(ErrorCode code, const std::string& why, const std::string& hint)
{
    if (m_status)
        m_status = fail(code, m_label + ": " + why + ".", hint);
}

void HfConfig::wrongType(const char* key, const char* wanted)
{
    refuse(ErrorCode::BadInput, "\"" + std::string(key) + "\" is not " + wanted, kHint);
}

std::optional<double> HfConfig::number(const char* key)
{
    const json* value = find(key);
    if (!value)
        return std::nullopt;
    if (value->is_number() && std::isfinite(value->get<double>()))
        return value->get<double>();
    wrongType(key, "a number");
    return std::nullopt;
}

std::optional<std::uint64_t> HfConfig::whole(const char* key)
{
    const json* value = find(key);
    if (!value)
        return std::nullopt;
    if (value->is_number_unsigned())
        return value->get<std::uint64_t>();
    wrongType(key, "a whole number from 0");
    return std::nullopt;
}

std::string HfConfig::text(const char* key)
{
    const json* value = find(key);
    if (value && !value->is_string())
        wrongType(key, "a text");
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

bool HfConfig::flag(const char* key, bool fallback)
{
    const json* value = find(key);
    if (value && !value->is_boolean())
        wrongType(key, "true or false");
    return value && value->is_boolean() ? value->get<bool>() : fallback;
}

std::vector<std::string> HfConfig::texts(const char* key)
{
    std::vector<std::string> list;
    const json* value = find(key);
    if (value && !value->is_array())
        wrongType(key, "a list of texts");
    if (!value || !value->is_array())
        return list;
    for (const json& item : *value) {
        if (!item.is_string())
            wrongType(key, "a list of texts");
        list.push_back(item.is_string() ? item.get<std::string>() : std::string());
    }
    return list;
}

std::vector<float> HfConfig::numbers(const char* key)
{
    std::vector<float> list;
    const json* value = find(key);
    if (!value || !value->is_array()) {
        wrongType(key, "a list of numbers");
        return list;
    }
    for (const json& item : *value) {
        if (!item.is_number())
            wrongType(key, "a list of numbers");
        list.push_back(item.is_number() ? item.get<float>() : 0.0f);
    }
    return list;
}

Result<HfNumbers> readHfNumbers(const json& given, const std::string& label, const HfFamily& family)
{
    json tree = json::parse(family.traits.defaults, nullptr, false);
    for (const auto& [key, value] : given.items())
        tree[key] = value;
    HfConfig config(tree, label);
    HfNumbers numbers;
    numbers.metadata.insert("general.architecture", std::string(family.architecture));
    Translator translate(config, family, numbers);
    translate.refuseForeign();
    translate.wholes();
    translate.norms();
    if (family.traits.normsAddOne)
        translate.gemma();
    translate.windows();
    readHfRope(config, std::string(family.architecture) + ".", numbers);
    numbers.tied = config.flag("tie_word_embeddings", family.traits.tied);
    if (!config.status())
        return tl::unexpected(config.status().error());
    return numbers;
}

} // namespace lectern
