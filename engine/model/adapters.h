// LoRA adapters (arXiv 2106.09685) applied to a model: matrices keep their type and place, their low-rank
// products are kept aside in f32 and added to each product (LinearWeights::lowRank), so that quantised weights
// lose nothing. Tensors that an adapter trained whole (LongLoRA's embeddings and norms) stand in for the
// model's own.
#pragma once

#include "engine/format/lora_adapter.h"
#include "engine/format/model_file.h"
#include "engine/model/adapter_choice.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

#include <span>

namespace lectern {

// An adapter as opened, for people.
struct AdapterFacts {
    std::string path;
    double scale = 1;
    int pairs = 0;        // matrices with a low-rank product
    int rank = 0;         // the largest
    int replacements = 0; // tensors that stand in for the model's own
};

class Adapters {
public:
    // Reads the adapters; BadInput or Unsupported naming the file.
    static Result<Adapters> open(std::span<const AdapterChoice> choices);

    bool empty() const { return m_loaded.empty(); }
    // The model with the adapters' whole tensors in place of its own, and with the positions that a LongLoRA
    // folder's config.json asks for. BadInput naming the tensor that does not fit.
    Result<std::shared_ptr<const ModelFile>> overlay(std::shared_ptr<const ModelFile> base);
    // The low-rank products, onto weights that were read from overlay()'s file. BadInput naming the tensor.
    Status attach(const ModelFile& file, const DecoderSpec& spec, ModelWeights& weights);

    std::vector<AdapterFacts> facts() const;
    // What the adapters do not do here, one sentence each.
    const std::vector<std::string>& warnings() const { return m_warnings; }

private:
    struct Loaded {
        AdapterChoice choice;
        std::shared_ptr<const LoraAdapter> adapter;
    };
    std::vector<Loaded> m_loaded;
    std::vector<std::string> m_warnings;
};

} // namespace lectern
