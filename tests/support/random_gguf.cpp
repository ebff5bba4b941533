#include "tests/support/random_gguf.h"

#include "engine/format/gguf_writer.h"
#include "engine/quant/quant_types.h"

#include <cmath>
#include <random>

namespace lectern::test {

namespace {

class Maker {
public:
    Maker(RandomGguf& file, unsigned seed) : m_file(file), m_random(seed) {}

    // Rows of normal weights, `gain` times as large as keeps a sum of unit inputs at unit size.
    std::vector<double> matrix(const std::string& name, TensorType type, int rows, int cols, double gain)
    {
        std::normal_distribution<float> normal(0.0f, static_cast<float>(gain / std::sqrt(double(cols))));
        GgufTensor tensor{type, {std::uint64_t(cols), std::uint64_t(rows)}, {}};
        const std::size_t rowBytes = tensorBytes(*tensorTypeInfo(type), std::uint64_t(cols));
        tensor.bytes.resize(rowBytes * std::size_t(rows));
        std::vector<float> row(static_cast<std::size_t>(cols));
        std::vector<double> values;
        for (int i = 0; i < rows; ++i) {
            for (float& value : row)
                value = normal(m_random);
            std::byte* to = tensor.bytes.data() + std::size_t(i) * rowBytes;
            quantType(type)->packRow(row.data(), to, row.size());
            quantType(type)->unpackRow(to, row.data(), row.size());
            values.insert(values.end(), row.begin(), row.end());
        }
        m_file.tensors[name] = std::move(tensor);
        return values;
    }

    // One number a dimension, around `mean`.
    std::vector<double> vector(const std::string& name, int count, float mean, float deviation)
    {
        std::uniform_real_distribution<float> spread(mean - deviation, mean + deviation);
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values)
            value = spread(m_random);
        GgufTensor tensor{TensorType::F32, {std::uint64_t(count)}, {}};
        const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
        tensor.bytes.assign(bytes, bytes + values.size() * sizeof(float));
        m_file.tensors[name] = std::move(tensor);
        return {values.begin(), values.end()};
    }

private:
    RandomGguf& m_file;
    std::mt19937 m_random;
};

ReferenceModel numbersOf(const RandomShape& shape)
{
    ReferenceModel model;
    model.heads = shape.heads;
    model.kvHeads = shape.kvHeads;
    model.headDim = shape.headDim;
    model.embedding = shape.embedding;
    model.feedForward = shape.feedForward;
    model.vocabulary = shape.vocabulary;
    model.ropeBase = shape.ropeBase;
    model.positionScale = 1 / shape.linearFactor;
    model.ropeDimensions = shape.ropeDimensions ? shape.ropeDimensions : shape.headDim;
    return model;
}

std::map<std::string, MetaValue> keysOf(const RandomShape& shape)
{
    const auto count = [](int value) { return MetaValue(std::uint64_t(value)); };
    std::map<std::string, MetaValue> keys{
        {"general.architecture", std::string("llama")},
        {"llama.block_count", count(shape.layers)},
        {"llama.attention.head_count", count(shape.heads)},
        {"llama.attention.head_count_kv", count(shape.kvHeads)},
        {"llama.embedding_length", count(shape.embedding)},
        {"llama.feed_forward_length", count(shape.feedForward)},
        {"llama.context_length", count(4096)},
        {"llama.attention.layer_norm_rms_epsilon", 1e-5},
        {"llama.rope.freq_base", shape.ropeBase},
    };
    if (shape.headDim * shape.heads != shape.embedding)
        keys["llama.attention.key_length"] = count(shape.headDim);
    if (shape.ropeDimensions)
        keys["llama.rope.dimension_count"] = count(shape.ropeDimensions);
    if (shape.linearFactor != 1) {
        keys["llama.rope.scaling.type"] = std::string("linear");
        keys["llama.rope.scaling.factor"] = shape.linearFactor;
    }
    return keys;
}

} // namespace

RandomGguf::RandomGguf(const RandomShape& shape) : keys(keysOf(shape)), reference(numbersOf(shape))
{
    Maker make(*this, shape.seed);
    const int width = shape.embedding, queries = shape.heads * shape.headDim,
              kvWidth = shape.kvHeads * shape.headDim;
    reference.normEpsilon = double(1e-5f);
    reference.tokenEmbedding = make.matrix("token_embd.weight", shape.type, shape.vocabulary, width, 8);
    reference.outputNorm = make.vector("output_norm.weight", width, 1.0f, 0.2f);
    reference.output = shape.tied ? reference.tokenEmbedding
                                  : make.matrix("output.weight", shape.type, shape.vocabulary, width, 1);
    if (shape.ropeDivisors)
        reference.ropeDivisors = make.vector("rope_freqs.weight", reference.ropeDimensions / 2, 4.0f, 3.0f);
    for (int i = 0; i < shape.layers; ++i) {
        const std::string name = "blk." + std::to_string(i) + ".";
        ReferenceLayer layer;
        layer.attentionNorm = make.vector(name + "attn_norm.weight", width, 1.0f, 0.2f);
        // Attention sharp enough to tell keys apart.
        layer.query = make.matrix(name + "attn_q.weight", shape.type, queries, width, 1.5);
        layer.key = make.matrix(name + "attn_k.weight", shape.type, kvWidth, width, 1.5);
        layer.value = make.matrix(name + "attn_v.weight", shape.type, kvWidth, width, 1);
        layer.attentionOut = make.matrix(name + "attn_output.weight", shape.type, width, queries, 1);
        layer.feedForwardNorm = make.vector(name + "ffn_norm.weight", width, 1.0f, 0.2f);
        layer.gate = make.matrix(name + "ffn_gate.weight", shape.type, shape.feedForward, width, 1);
        layer.up = make.matrix(name + "ffn_up.weight", shape.type, shape.feedForward, width, 1);
        layer.down = make.matrix(name + "ffn_down.weight", shape.type, width, shape.feedForward, 1);
        reference.layers.push_back(std::move(layer));
    }
}

std::string RandomGguf::write(const std::string& path) const
{
    GgufWriter writer;
    for (const auto& [name, value] : keys)
        if (const auto added = writer.add(name, value); !added)
            return added.error().message;
    for (const auto& [name, tensor] : tensors)
        if (const auto added = writer.addTensor(name, tensor.type, tensor.shape, tensor.bytes); !added)
            return added.error().message;
    const auto written = writer.write(path);
    return written ? std::string() : written.error().message;
}

} // namespace lectern::test
