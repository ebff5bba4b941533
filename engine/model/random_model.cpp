// Random weights of a given shape, for benchmarks: values do not matter, sizes and types do.
#include "engine/model/model.h"
#include "engine/quant/quant_types.h"

#include <cmath>
#include <random>

namespace lectern {

namespace {

class RandomWeights {
public:
    RandomWeights(ModelWeights& weights, TensorType type, std::uint64_t seed)
        : m_weights(weights), m_type(type), m_random(static_cast<std::mt19937::result_type>(seed))
    {
    }

    const Status& status() const { return m_status; }

    void fill(LinearWeights& into, int rows, int cols)
    {
        into.type = std::uint32_t(cols) % tensorTypeInfo(m_type)->blockElements == 0 ? m_type : TensorType::Q8_0;
        const TensorTypeInfo& info = *tensorTypeInfo(into.type);
        into.rows = rows;
        into.cols = cols;
        into.rowBytes = tensorBytes(info, std::uint64_t(cols));
        const std::size_t bytes = into.rowBytes * std::size_t(rows);
        auto memory = AlignedBuffer::allocate(bytes, "the random weights");
        if (!memory) {
            m_status = m_status ? failed(memory) : m_status;
            return;
        }
        // Packing costs time: a few rows are drawn and repeated in shuffled order.
        constexpr int kDistinct = 61;
        std::normal_distribution<float> normal(0.0f, 1.0f / std::sqrt(static_cast<float>(cols)));
        std::vector<float> row(static_cast<std::size_t>(cols));
        for (int i = 0; i < rows; ++i) {
            std::byte* to = memory->data() + std::size_t(i) * into.rowBytes;
            if (i >= kDistinct) {
                std::copy_n(memory->data() + std::size_t(m_random() % kDistinct) * into.rowBytes, into.rowBytes, to);
                continue;
            }
            for (float& value : row)
                value = normal(m_random);
            quantType(into.type)->packRow(row.data(), to, row.size());
        }
        into.data = memory->data();
        m_weights.bytes += bytes;
        m_weights.parameters += std::uint64_t(rows) * std::uint64_t(cols);
        m_weights.owned.push_back(std::move(*memory));
    }

private:
    ModelWeights& m_weights;
    TensorType m_type;
    std::mt19937 m_random;
    Status m_status;
};

} // namespace

Result<std::shared_ptr<const Model>> Model::random(const DecoderSpec& spec, TensorType type, std::uint64_t seed)
{
    std::shared_ptr<Model> model(new Model);
    model->m_spec = spec;
    ModelWeights& weights = model->m_weights;
    RandomWeights random(weights, type, seed);
    const std::vector<float> ones(static_cast<std::size_t>(spec.embedding), 1.0f);
    random.fill(weights.tokenEmbedding, spec.vocabulary, spec.embedding);
    weights.output = weights.tokenEmbedding;
    weights.outputNorm = ones;
    for (int i = 0; i < spec.layers; ++i) {
        LayerWeights layer;
        layer.attentionNorm = ones;
        layer.feedForwardNorm = ones;
        random.fill(layer.query, spec.heads * spec.headDim, spec.embedding);
        random.fill(layer.key, spec.kvHeads * spec.headDim, spec.embedding);
        random.fill(layer.value, spec.kvHeads * spec.headDim, spec.embedding);
        random.fill(layer.attentionOut, spec.embedding, spec.heads * spec.headDim);
        random.fill(layer.gate, spec.feedForward, spec.embedding);
        random.fill(layer.up, spec.feedForward, spec.embedding);
        random.fill(layer.down, spec.embedding, spec.feedForward);
        weights.layers.push_back(std::move(layer));
    }
    if (!random.status())
        return tl::unexpected(random.status().error());
    addPanels(weights);
    return model;
}

} // namespace lectern
