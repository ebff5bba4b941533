#include "engine/format/hf_family.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lectern {

namespace {

constexpr const char* kTanhGelu = "gelu_pytorch_tanh";

// Published configurations of Gemma 3 leave out what the class takes anyway.
constexpr const char* kGemma3Defaults =
    R"({"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "sliding_window": 4096,
        "max_position_embeddings": 131072, "rope_theta": 1000000.0, "query_pre_attn_scalar": 256})";
constexpr const char* kGemma2Defaults =
    R"({"head_dim": 256, "sliding_window": 4096, "query_pre_attn_scalar": 256,
        "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0})";
constexpr const char* kQwen3Defaults = R"({"head_dim": 128})";
constexpr const char* kOlmo3Defaults = R"({"sliding_window": 4096})";
constexpr const char* kStarcoder2Defaults = R"({"use_bias": true})";

constexpr HfTraits kGemma2{.tied = true,
                           .normsAddOne = true,
                           .postNorms = true,
                           .activation = kTanhGelu,
                           .defaults = kGemma2Defaults};
constexpr HfTraits kGemma3{.tied = true,
                           .normsAddOne = true,
                           .postNorms = true,
                           .activation = kTanhGelu,
                           .defaults = kGemma3Defaults};

constexpr std::array kFamilies{
    HfFamily{"LlamaForCausalLM", "llama", "llama", {.interleaves = true}},
    HfFamily{"MistralForCausalLM", "mistral", "llama", {.interleaves = true}},
    HfFamily{"Qwen2ForCausalLM", "qwen2", "qwen2", {}},
    HfFamily{"Qwen3ForCausalLM", "qwen3", "qwen3", {.defaults = kQwen3Defaults}},
    HfFamily{"Gemma2ForCausalLM", "gemma2", "gemma2", kGemma2},
    HfFamily{"Gemma3ForCausalLM", "gemma3_text", "gemma3", kGemma3},
    HfFamily{"Gemma3ForConditionalGeneration", "gemma3", "gemma3", kGemma3},
    HfFamily{"Phi3ForCausalLM", "phi3", "phi3", {.epsilon = 1e-5}},
    HfFamily{"Olmo2ForCausalLM", "olmo2", "olmo2", {.postNorms = true, .epsilon = 1e-5}},
    HfFamily{"Olmo3ForCausalLM",
             "olmo3",
             "olmo2",
             {.postNorms = true, .epsilon = 1e-5, .defaults = kOlmo3Defaults}},
    HfFamily{"Starcoder2ForCausalLM",
             "starcoder2",
             "starcoder2",
             {.tied = true, .epsilon = 1e-5, .activation = kTanhGelu, .defaults = kStarcoder2Defaults}},
};

struct NameRow {
    std::string_view from, to;
};

constexpr std::array kModelNames{
    NameRow{"model.embed_tokens", "token_embd"},
    NameRow{"model.norm", "output_norm"},
    NameRow{"lm_head", "output"},
};

constexpr std::array kLayerNames{
    NameRow{"input_layernorm", "attn_norm"},
    NameRow{"self_attn.q_proj", "attn_q"},
    NameRow{"self_attn.k_proj", "attn_k"},
    NameRow{"self_attn.v_proj", "attn_v"},
    NameRow{"self_attn.qkv_proj", "attn_qkv"},
    NameRow{"self_attn.o_proj", "attn_output"},
    NameRow{"self_attn.q_norm", "attn_q_norm"},
    NameRow{"self_attn.k_norm", "attn_k_norm"},
    NameRow{"pre_feedforward_layernorm", "ffn_norm"},
    NameRow{"post_feedforward_layernorm", "post_ffw_norm"},
    NameRow{"mlp.gate_proj", "ffn_gate"},
    NameRow{"mlp.up_proj", "ffn_up"},
    NameRow{"mlp.gate_up_proj", "ffn_up"},
    NameRow{"mlp.down_proj", "ffn_down"},
    NameRow{"mlp.c_fc", "ffn_up"},
    NameRow{"mlp.c_proj", "ffn_down"},
};

std::optional<std::string_view> lookUp(std::span<const NameRow> rows, std::string_view name)
{
    const auto row = std::ranges::find(rows, name, &NameRow::from);
    return row == rows.end() ? std::nullopt : std::optional(row->to);
}

// The text model inside one that sees pictures too.
std::string withoutWrapper(std::string_view name)
{
    for (const NameRow& wrapper : {NameRow{"model.language_model.", "model."},
                                   NameRow{"language_model.model.", "model."},
                                   NameRow{"language_model.lm_head.", "lm_head."}})
        if (name.starts_with(wrapper.from))
            return std::string(wrapper.to).append(name.substr(wrapper.from.size()));
    return std::string(name);
}

std::optional<std::string_view> layerName(const HfFamily& family, std::string_view name)
{
    if (name == "post_attention_layernorm")
        return family.traits.postNorms ? "post_attention_norm" : "ffn_norm";
    return lookUp(kLayerNames, name);
}

} // namespace

std::span<const HfFamily> hfFamilies()
{
    return kFamilies;
}

Result<const HfFamily*> findHfFamily(const std::string& className, const std::string& modelType)
{
    std::string known;
    for (const HfFamily& family : kFamilies) {
        if (className.empty() ? modelType == family.modelType : className == family.className)
            return &family;
        known += (known.empty() ? "" : ", ") + std::string(family.className);
    }
    return fail(ErrorCode::Unsupported,
                "This version cannot run models of the class \"" + (className.empty() ? modelType : className) +
                    "\".",
                "It runs: " + known + ".");
}

const HfFamily* hfFamilyOf(std::string_view architecture)
{
    const auto row = std::ranges::find(kFamilies, architecture, &HfFamily::architecture);
    return row == kFamilies.end() ? nullptr : &*row;
}

std::optional<std::string> ggufTensorName(const HfFamily& family, std::string_view given)
{
    const std::string whole = withoutWrapper(given);
    std::string_view name = whole;
    const std::size_t dot = name.rfind('.');
    if (dot == name.npos)
        return std::nullopt;
    const std::string_view kind = name.substr(dot);
    if (kind != ".weight" && kind != ".bias")
        return std::nullopt;
    name = name.substr(0, dot);
    if (const auto found = lookUp(kModelNames, name))
        return std::string(*found).append(kind);
    constexpr std::string_view kLayers = "model.layers.";
    if (!name.starts_with(kLayers))
        return std::nullopt;
    name.remove_prefix(kLayers.size());
    int layer = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), layer);
    const auto digits = static_cast<std::size_t>(end - name.data());
    if (error != std::errc() || digits >= name.size() || name[digits] != '.')
        return std::nullopt;
    const auto found = layerName(family, name.substr(digits + 1));
    if (!found)
        return std::nullopt;
    return ("blk." + std::to_string(layer) + ".").append(*found).append(kind);
}

bool isNormScale(std::string_view ggufName)
{
    return ggufName.ends_with("norm.weight");
}

bool isRotatedTensor(std::string_view ggufName)
{
    return ggufName.starts_with("blk.") &&
           (ggufName.find(".attn_q.") != ggufName.npos || ggufName.find(".attn_k.") != ggufName.npos);
}

int halvesRow(int row, int headDim)
{
    const int head = row / headDim, at = row % headDim;
    return head * headDim + (at % 2) * (headDim / 2) + at / 2;
}

int interleavedRow(int row, int headDim)
{
    const int head = row / headDim, at = row % headDim, half = headDim / 2;
    return head * headDim + (at % half) * 2 + at / half;
}

} // namespace lectern
