// A LoRA adapter as data: pairs of low-rank matrices, tensors that replace the model's own, and how strongly
// the pairs count. Read from a GGUF adapter or from a PEFT folder (adapter_config.json beside
// adapter_model.safetensors or .bin; LongLoRA's trainable_params.bin too). Applying it is the model's
// business.
//
// What is missing or can not be used is a warning that says what is lost; only an adapter that holds nothing
// usable, or lies about itself, is an error.
#pragma once

#include "engine/base/result.h"
#include "engine/format/gguf_parser.h"

#include <memory>
#include <string>
#include <vector>

namespace lectern {

// W += strength * scale * B A, with A: rank rows of `in`, B: `out` rows of `rank`. For `embedding` the sum is
// added transposed: the target has `in` rows (tokens) of `out`.
struct LoraPair {
    std::string target; // name of the weight in the adapter's naming: "blk.0.attn_q.weight" or
                        // "model.layers.0.self_attn.q_proj.weight"
    TensorEntry a,
        b; // a.shape = {in, rank}, b.shape = {rank, out}; data at any byte: use quantType()->unpackRow
    std::uint64_t rank = 0;
    float scale = 1; // alpha / rank, or alpha / sqrt(rank) for rank-stabilised adapters
    bool embedding = false;
};

enum class TensorNaming { Gguf, HuggingFace };

class LoraAdapter {
public:
    // `path`: a .gguf file, a PEFT folder, or a file in it.
    static Result<std::shared_ptr<const LoraAdapter>> open(const std::string& path);

    TensorNaming naming() const { return m_naming; }
    const std::vector<LoraPair>& pairs() const { return m_pairs; }
    // Whole tensors trained beside the pairs (embeddings, norms, heads), under the names of the model's own.
    const std::vector<TensorEntry>& replacements() const { return m_replacements; }
    // One sentence each, for the user.
    const std::vector<std::string>& warnings() const { return m_warnings; }
    const std::string& architecture() const { return m_architecture; } // of the base model; may be empty
    const std::string& baseModel() const { return m_baseModel; }       // name or path; may be empty

private:
    friend class LoraBuilder;
    LoraAdapter() = default;

    TensorNaming m_naming = TensorNaming::Gguf;
    std::vector<LoraPair> m_pairs; // sorted by target
    std::vector<TensorEntry> m_replacements;
    std::vector<std::string> m_warnings;
    std::string m_architecture, m_baseModel;
    std::vector<std::shared_ptr<const void>> m_files; // keep the entries' data mapped
};

} // namespace lectern
