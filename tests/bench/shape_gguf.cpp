// shape_gguf SHAPE TYPE FILE: writes random weights of a shape as a GGUF file without a tokenizer, so that another
// program can be timed on the very same weights.
#include "engine/format/gguf_writer.h"
#include "engine/model/model.h"
#include "tests/bench/bench_shapes.h"

#include <cstdio>

using namespace lectern;

namespace {

class ShapeWriter {
public:
    explicit ShapeWriter(const Model& model) : m_model(model) {}

    Status write(const std::string& path)
    {
        addNumbers();
        const ModelWeights& weights = m_model.weights();
        add("token_embd.weight", weights.tokenEmbedding);
        add("output_norm.weight", weights.outputNorm);
        for (std::size_t i = 0; i < weights.layers.size(); ++i) {
            const LayerWeights& layer = weights.layers[i];
            const std::string name = "blk." + std::to_string(i) + ".";
            add(name + "attn_norm.weight", layer.attentionNorm);
            add(name + "attn_q.weight", layer.query);
            add(name + "attn_k.weight", layer.key);
            add(name + "attn_v.weight", layer.value);
            add(name + "attn_output.weight", layer.attentionOut);
            add(name + "ffn_norm.weight", layer.feedForwardNorm);
            add(name + "ffn_gate.weight", layer.gate);
            add(name + "ffn_up.weight", layer.up);
            add(name + "ffn_down.weight", layer.down);
        }
        return m_status ? m_writer.write(path) : m_status;
    }

private:
    void addNumbers()
    {
        const DecoderSpec& spec = m_model.spec();
        set("general.architecture", MetaValue(spec.architecture));
        set("general.name", MetaValue(std::string("random weights")));
        const std::pair<const char*, int> numbers[] = {
            {"block_count", spec.layers},
            {"context_length", int(spec.contextLength)},
            {"embedding_length", spec.embedding},
            {"feed_forward_length", spec.feedForward},
            {"attention.head_count", spec.heads},
            {"attention.head_count_kv", spec.kvHeads},
            {"attention.key_length", spec.headDim},
            {"attention.value_length", spec.headDim},
            {"rope.dimension_count", spec.rope.dimensions},
            {"vocab_size", spec.vocabulary},
        };
        for (const auto& [key, value] : numbers)
            set("llama." + std::string(key), MetaValue(std::uint64_t(value)));
        set("llama.rope.freq_base", MetaValue(spec.rope.base));
        set("llama.attention.layer_norm_rms_epsilon", MetaValue(double(spec.normEpsilon)));
        set("tokenizer.ggml.model", MetaValue(std::string("no_vocab")));
    }
    void set(const std::string& key, MetaValue value) { keep(m_writer.add(key, std::move(value))); }
    void add(const std::string& name, const LinearWeights& weights)
    {
        keep(m_writer.addTensor(name, weights.type, {std::uint64_t(weights.cols), std::uint64_t(weights.rows)},
                                std::span(weights.data, weights.rowBytes * std::size_t(weights.rows))));
    }
    void add(const std::string& name, const std::vector<float>& values)
    {
        keep(m_writer.addTensor(name, TensorType::F32, {values.size()}, std::as_bytes(std::span(values))));
    }
    void keep(Status status)
    {
        if (m_status)
            m_status = std::move(status);
    }

    const Model& m_model;
    GgufWriter m_writer;
    Status m_status;
};

} // namespace

int main(int argc, char** argv)
{
    const DecoderSpec spec = benchShape(argc == 4 ? argv[1] : "");
    const auto type = argc == 4 ? tensorTypeByName(argv[2]) : std::nullopt;
    if (spec.layers == 0 || !type) {
        std::fprintf(stderr, "usage: shape_gguf 44m|1.1b F16|Q8_0|Q4_K|... FILE\n");
        return 2;
    }
    const auto model = Model::random(spec, *type, 1);
    const Status written = model ? ShapeWriter(**model).write(argv[3]) : Status(failed(model));
    if (!written)
        std::fprintf(stderr, "%s\n", written.error().message.c_str());
    return written ? 0 : 1;
}
