// A model ready to compute: its numbers, its weights, and the file they are mapped from. Immutable; any thread.
#pragma once

#include "engine/attention/layer_plan.h"
#include "engine/format/gguf_file.h"
#include "engine/kv/page_budget.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

#include <memory>

namespace lectern {

class Model {
public:
    static Result<std::shared_ptr<const Model>> open(const std::string& path);
    // Random weights of a shape, for benchmarks: normal with deviation 1/sqrt(cols), packed as `type` where a row's
    // length allows it, else Q8_0.
    static Result<std::shared_ptr<const Model>> random(const DecoderSpec& spec, TensorType type, std::uint64_t seed);

    const DecoderSpec& spec() const { return m_spec; }
    const ModelWeights& weights() const { return m_weights; }
    const GgufFile* file() const { return m_file.get(); } // nullptr for random weights
    KvShape kvShape() const { return {m_spec.kvHeads, m_spec.headDim}; }
    PlanShape planShape() const { return {m_spec.layers, m_spec.kvHeads, m_spec.heads, m_spec.windows}; }

private:
    Model() = default;
    std::shared_ptr<const GgufFile> m_file;
    DecoderSpec m_spec;
    ModelWeights m_weights;
};

} // namespace lectern
