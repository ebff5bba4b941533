#include "engine/model/low_rank_slots.h"

#include "engine/format/quoted_name.h"
#include "engine/quant/quant_types.h"

namespace lectern {

namespace {

constexpr const char* kEmbeddings = "token_embd.weight";

tl::unexpected<Error> doesNotFit(const LowRankPair& pair)
{
    return fail(ErrorCode::BadInput,
                "The adapter's pair for " + quotedName(pair.target) + " makes " + std::to_string(pair.outputs) +
                    " numbers of " + std::to_string(pair.inputs) + ", which does not fit the model's matrix.",
                "Choose an adapter that was made for this model.");
}

} // namespace

LowRankSlots::LowRankSlots(const ModelFile& file, const DecoderSpec& spec, ModelWeights& weights) : m_model(weights)
{
    m_slots[kEmbeddings] = {{&weights.tokenEmbedding, 0}};
    m_slots["output.weight"] = {{&weights.output, 0}};
    for (std::size_t i = 0; i < weights.layers.size(); ++i)
        layer(file, spec, int(i), weights.layers[i]);
}

void LowRankSlots::layer(const ModelFile& file, const DecoderSpec& spec, int index, LayerWeights& weights)
{
    const std::string prefix = "blk." + std::to_string(index) + ".";
    const auto put = [&](const char* name, std::vector<Slot> slots) {
        if (slots.front().weights->data)
            m_slots[prefix + name + ".weight"] = std::move(slots);
    };
    put("attn_q", {{&weights.query, 0}});
    put("attn_k", {{&weights.key, 0}});
    put("attn_v", {{&weights.value, 0}});
    const int queries = weights.query.rows, keys = weights.key.rows;
    put("attn_qkv", {{&weights.query, 0}, {&weights.key, queries}, {&weights.value, queries + keys}});
    put("attn_output", {{&weights.attentionOut, 0}});
    put("ffn_gate", {{&weights.gate, 0}});
    put("ffn_down", {{&weights.down, 0}});
    const TensorEntry* up = file.find(prefix + "ffn_up.weight");
    const bool fused = up && up->shape[1] == 2 * std::uint64_t(spec.feedForward);
    if (fused)
        put("ffn_up", {{&weights.gate, 0}, {&weights.up, spec.feedForward}});
    else
        put("ffn_up", {{&weights.up, 0}});
}

// The table is looked up, not multiplied: it becomes a dense one of its own.
Status LowRankSlots::addToEmbeddings(const LowRankPair& pair)
{
    LinearWeights& table = m_model.tokenEmbedding;
    if (pair.inputs != std::uint64_t(table.rows) || pair.outputs != std::uint64_t(table.cols))
        return doesNotFit(pair);
    const auto cols = static_cast<std::size_t>(table.cols), tokens = static_cast<std::size_t>(table.rows);
    auto memory = AlignedBuffer::allocate(tokens * cols * sizeof(float), "the adapted embeddings");
    if (!memory)
        return failed(memory);
    float* rows = memory->as<float>();
    for (std::size_t token = 0; token < tokens; ++token) {
        quantType(table.type)->unpackRow(table.row(int(token)), rows + token * cols, cols);
        for (std::size_t i = 0; i < cols; ++i)
            for (std::size_t r = 0; r < std::size_t(pair.rank); ++r)
                rows[token * cols + i] += pair.b[i * std::size_t(pair.rank) + r] * pair.a[r * tokens + token];
    }
    table.type = TensorType::F32;
    table.data = reinterpret_cast<const std::byte*>(rows);
    table.rowBytes = cols * sizeof(float);
    m_model.owned.push_back(std::move(*memory));
    return {};
}

Status LowRankSlots::add(const LowRankPair& pair)
{
    if (pair.target == kEmbeddings || pair.embedding)
        return pair.target == kEmbeddings && pair.embedding ? addToEmbeddings(pair) : Status(doesNotFit(pair));
    const std::vector<Slot>& slots = m_slots.at(pair.target);
    std::uint64_t rows = 0;
    for (const Slot& slot : slots)
        rows += std::uint64_t(slot.weights->rows);
    if (rows != pair.outputs || std::uint64_t(slots.front().weights->cols) != pair.inputs)
        return doesNotFit(pair);
    for (const Slot& slot : slots) {
        auto& product = m_products[slot.weights];
        if (!product)
            product = std::make_unique<LowRank>();
        const int before = product->rank, rank = before + pair.rank;
        std::vector<float> joined(std::size_t(slot.weights->rows) * std::size_t(rank));
        for (int row = 0; row < slot.weights->rows; ++row) {
            const auto to = joined.begin() + std::ptrdiff_t(row) * rank;
            std::copy_n(product->b.begin() + std::ptrdiff_t(row) * before, before, to);
            std::copy_n(pair.b.begin() + std::ptrdiff_t(slot.firstRow + row) * pair.rank, pair.rank, to + before);
        }
        product->b = std::move(joined);
        product->a.insert(product->a.end(), pair.a.begin(), pair.a.end());
        product->rank = rank;
    }
    return {};
}

void LowRankSlots::finish()
{
    for (auto& [weights, product] : m_products) {
        weights->lowRank = product.get();
        m_model.bytes += (product->a.size() + product->b.size()) * sizeof(float);
        m_model.parameters += product->a.size() + product->b.size();
        m_model.lowRanks.push_back(std::move(product));
    }
    m_products.clear();
}

} // namespace lectern
