// The model classes of Hugging Face that Lectern opens, and how each one's tensors are named in GGUF. To add
// one: a row in hf_family.cpp (and its architecture in engine/model).
#pragma once

#include "engine/base/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lectern {

struct HfTraits {
    bool tied = false;        // embeddings are the output matrix, where config.json does not say
    bool normsAddOne = false; // norms are stored around 0; GGUF stores what is multiplied
    bool interleaves = false; // GGUF holds rows of Q and K in another order (ModelFile::keepsHalves)
    bool postNorms = false;   // post_attention_layernorm comes after attention, not before the block
    double epsilon = 1e-6;    // of the norms, where config.json does not say
    const char* activation = "silu";
    const char* defaults = "{}"; // of config.json, as JSON: what the class takes where a key is absent
};

struct HfFamily {
    const char* className;    // config.json "architectures"
    const char* modelType;    // config.json "model_type", where there is no class
    const char* architecture; // general.architecture
    HfTraits traits;
};

std::span<const HfFamily> hfFamilies();
// By class name, else by model type. Unsupported, naming the ones there are.
Result<const HfFamily*> findHfFamily(const std::string& className, const std::string& modelType);
// The family whose tensors an adapter for this GGUF architecture names; nullptr if there is none.
const HfFamily* hfFamilyOf(std::string_view architecture);

// GGUF's name of a tensor; nothing for one that GGUF has no name for.
std::optional<std::string> ggufTensorName(const HfFamily& family, std::string_view name);
// A norm's scale (not its bias): the tensors that HfTraits::normsAddOne is about.
bool isNormScale(std::string_view ggufName);
// attn_q or attn_k, weight or bias: the tensors that HfTraits::interleaves is about.
bool isRotatedTensor(std::string_view ggufName);

// The row of the half-split order that stands at `row` of the interleaved order, heads of `headDim` rows; and
// the other way round.
int halvesRow(int row, int headDim);
int interleavedRow(int row, int headDim);

} // namespace lectern
