#include "engine/model/decoder_reader.h"

#include "engine/model/rope_reader.h"

#include <cmath>

namespace lectern {

namespace {

constexpr std::uint64_t kMostLayers = 1024;
constexpr std::uint64_t kMostHeads = 1024;
constexpr std::uint64_t kMostHeadDim = 1024;
constexpr std::uint64_t kMostWidth = 1 << 18;
constexpr std::uint64_t kMostVocabulary = 1 << 22;
constexpr std::uint64_t kMostContext = std::uint64_t{1} << 30;

} // namespace

DecoderSpec readNumbers(const ModelFile& file, SpecReader& reader, const std::string& architecture,
                        RopeLayout layout, const char* epsilonKey)
{
    DecoderSpec spec;
    spec.architecture = architecture;
    spec.layers = reader.count("block_count", kMostLayers);
    spec.heads = reader.count("attention.head_count", kMostHeads);
    spec.kvHeads = reader.count("attention.head_count_kv", kMostHeads, std::uint64_t(spec.heads));
    spec.embedding = reader.count("embedding_length", kMostWidth);
    spec.feedForward = reader.count("feed_forward_length", kMostWidth);
    spec.headDim =
        reader.count("attention.key_length", kMostHeadDim, std::uint64_t(spec.embedding / spec.heads));
    if (reader.count("attention.value_length", kMostHeadDim, std::uint64_t(spec.headDim)) != spec.headDim)
        reader.refuse(ErrorCode::Unsupported, "The model's keys and values have heads of different sizes.",
                      "This version cannot compute that.");
    if (reader.has("expert_count") && reader.number("expert_count", 0) > 0)
        reader.refuse(ErrorCode::Unsupported,
                      "The model is a mixture of experts, which this version cannot compute.",
                      "Use a dense model.");
    spec.contextLength = reader.count("context_length", kMostContext, 4096);
    spec.normEpsilon = static_cast<float>(reader.number(epsilonKey, 1e-5));
    if (spec.normEpsilon < 0)
        reader.refuse(ErrorCode::BadInput, "The model's " + reader.prefix() + epsilonKey + " is below 0.",
                      "The file is damaged.");
    spec.attentionScale = 1.0f / std::sqrt(static_cast<float>(spec.headDim));
    if (const TensorEntry* embedding = file.find("token_embd.weight"))
        spec.vocabulary = static_cast<int>(std::min(embedding->shape[1], kMostVocabulary));
    if (reader.status() && spec.heads % spec.kvHeads != 0)
        reader.refuse(ErrorCode::BadInput,
                      "The model's " + std::to_string(spec.heads) + " heads do not divide into " +
                          std::to_string(spec.kvHeads) + " KV heads.",
                      "The file is damaged or was converted wrongly.");
    readRope(file, reader, layout, spec);
    return spec;
}

Result<DecoderSpec> finishSpec(const SpecReader& reader, DecoderSpec spec)
{
    if (!reader.status())
        return tl::unexpected(reader.status().error());
    return spec;
}

LayerReader::LayerReader(WeightLoader& loader, const DecoderSpec& spec, int layer, ModelWeights& model)
    : m_loader(loader), m_spec(spec), m_model(model),
      m_weights(model.layers[static_cast<std::size_t>(layer)]), m_prefix("blk." + std::to_string(layer) + ".")
{
}

void LayerReader::norm(std::vector<float>& weight, const char* name, int count)
{
    m_loader.take(weight, tensor(name), count);
}

void LayerReader::norm(std::vector<float>& weight, std::vector<float>& bias, const char* name)
{
    norm(weight, name, m_spec.embedding);
    if (m_spec.norm == NormKind::Layer)
        m_loader.take(bias, tensor(name, ".bias"), m_spec.embedding);
}

void LayerReader::matrix(LinearWeights& into, const char* name, int rows, int cols)
{
    m_loader.take(into, tensor(name), rows, cols).takeBias(into, tensor(name, ".bias"), 0, rows, m_model);
}

void LayerReader::attention()
{
    const int queryRows = m_spec.heads * m_spec.headDim;
    const int keyRows = m_spec.kvHeads * m_spec.headDim;
    LinearWeights* const parts[] = {&m_weights.query, &m_weights.key, &m_weights.value};
    const int rows[] = {queryRows, keyRows, keyRows};
    const char* const names[] = {"attn_q", "attn_k", "attn_v"};
    const bool fused = m_loader.has(tensor("attn_qkv"));
    for (int i = 0, first = 0, of = queryRows + 2 * keyRows; i < 3; first += rows[i++]) {
        if (fused)
            m_loader.takeRows(*parts[i], tensor("attn_qkv"), first, rows[i], of, m_spec.embedding)
                .takeBias(*parts[i], tensor("attn_qkv", ".bias"), first, of, m_model);
        else
            matrix(*parts[i], names[i], rows[i], m_spec.embedding);
    }
    matrix(m_weights.attentionOut, "attn_output", m_spec.embedding, queryRows);
}

void LayerReader::gatedFeedForward()
{
    matrix(m_weights.gate, "ffn_gate", m_spec.feedForward, m_spec.embedding);
    plainFeedForward();
}

void LayerReader::plainFeedForward()
{
    matrix(m_weights.up, "ffn_up", m_spec.feedForward, m_spec.embedding);
    matrix(m_weights.down, "ffn_down", m_spec.embedding, m_spec.feedForward);
}

void LayerReader::fusedFeedForward()
{
    const int rows = m_spec.feedForward;
    m_loader.takeRows(m_weights.gate, tensor("ffn_up"), 0, rows, 2 * rows, m_spec.embedding)
        .takeRows(m_weights.up, tensor("ffn_up"), rows, rows, 2 * rows, m_spec.embedding);
    matrix(m_weights.down, "ffn_down", m_spec.embedding, rows);
}

namespace {

// As many as there are tokens; adapted embeddings may have more rows than the model's own output matrix.
int outputRows(const ModelFile& file, const TensorEntry& output, const DecoderSpec& spec)
{
    const bool fewer = file.growsVocabulary() && output.shape[1] < std::uint64_t(spec.vocabulary);
    return fewer ? int(output.shape[1]) : spec.vocabulary;
}

} // namespace

Result<ModelWeights> readWeights(const ModelFile& file, const DecoderSpec& spec,
                                 void (*readLayer)(LayerReader&))
{
    WeightLoader loader(file);
    ModelWeights weights;
    loader.take(weights.tokenEmbedding, "token_embd.weight", spec.vocabulary, spec.embedding)
        .take(weights.outputNorm, "output_norm.weight", spec.embedding);
    if (spec.norm == NormKind::Layer)
        loader.take(weights.outputNormBias, "output_norm.bias", spec.embedding);
    weights.output = weights.tokenEmbedding;
    if (const TensorEntry* output = file.find("output.weight"))
        loader.take(weights.output, "output.weight", outputRows(file, *output, spec), spec.embedding);
    loader.takeBias(weights.output, "output.bias", 0, spec.vocabulary, weights);
    weights.layers.resize(static_cast<std::size_t>(spec.layers));
    for (int i = 0; i < spec.layers && loader.status(); ++i) {
        LayerReader layer(loader, spec, i, weights);
        readLayer(layer);
    }
    if (!loader.status())
        return tl::unexpected(loader.status().error());
    for (const TensorEntry& tensor : file.tensors()) {
        weights.bytes += tensor.bytes;
        weights.parameters += tensor.elements();
    }
    return weights;
}

} // namespace lectern
