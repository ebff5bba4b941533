// A model ready to compute: its numbers, its weights, and the file they are mapped from. Immutable; any thread.
#pragma once

#include "engine/attention/layer_plan.h"
#include "engine/format/model_file.h"
#include "engine/kv/page_budget.h"
#include "engine/model/adapters.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

#include <memory>

namespace lectern {

class Model {
public:
    // A GGUF file or the folder of a Hugging Face model, with adapters in the given order.
    static Result<std::shared_ptr<const Model>> open(const std::string& path,
                                                     std::span<const AdapterChoice> adapters = {});
    // Random weights of a shape, for benchmarks: normal with deviation 1/sqrt(cols), packed as `type` where a row's
    // length allows it, else Q8_0.
    static Result<std::shared_ptr<const Model>> random(const DecoderSpec& spec, TensorType type, std::uint64_t seed);

    const DecoderSpec& spec() const { return m_spec; }
    const ModelWeights& weights() const { return m_weights; }
    const ModelFile* file() const { return m_file.get(); } // nullptr for random weights
    // BadInput where the file was changed since it was opened: what is computed with it is not the model's.
    Status stillIntact() const { return m_file ? m_file->stillIntact() : Status(); }
    const std::vector<AdapterFacts>& adapters() const { return m_adapters; }
    // What of the files and adapters is not used, one sentence each.
    const std::vector<std::string>& warnings() const { return m_warnings; }
    // Regroups the weights for products on the CPU, the first time it is called; any thread.
    void preparePanels(ThreadPool& pool) const;
    KvShape kvShape() const { return {m_spec.kvHeads, m_spec.headDim}; }
    PlanShape planShape() const { return {m_spec.layers, m_spec.kvHeads, m_spec.heads, m_spec.windows}; }

private:
    Model() = default;
    std::shared_ptr<const ModelFile> m_file;
    DecoderSpec m_spec;
    ModelWeights m_weights;
    std::vector<AdapterFacts> m_adapters;
    std::vector<std::string> m_warnings;
};

} // namespace lectern
