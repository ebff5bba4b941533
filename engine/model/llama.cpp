#include "engine/model/llama.h"

#include "engine/model/spec_reader.h"
#include "engine/model/weight_loader.h"

#include <cmath>

namespace lectern {

namespace {

constexpr std::uint64_t kMostLayers = 1024;
constexpr std::uint64_t kMostHeads = 1024;
constexpr std::uint64_t kMostWidth = 1 << 18;
constexpr std::uint64_t kMostVocabulary = 1 << 22;
constexpr std::uint64_t kMostContext = std::uint64_t{1} << 30;

// Llama 3.1 and later divide the rotary frequencies by a tensor of the file.
Status readRope(const GgufFile& file, SpecReader& reader, DecoderSpec& spec)
{
    spec.rope.layout = RopeLayout::Norm;
    spec.rope.dimensions = reader.count("rope.dimension_count", kMostWidth, std::uint64_t(spec.headDim));
    spec.rope.base = reader.number("rope.freq_base", 10000.0);
    const std::string scaling = reader.text("rope.scaling.type", "none");
    const double factor = reader.number("rope.scaling.factor", reader.number("rope.scale_linear", 1.0));
    if (scaling == "linear" || (scaling == "none" && reader.has("rope.scale_linear")))
        spec.rope.positionScale = 1.0 / factor;
    else if (scaling != "none")
        reader.refuse(ErrorCode::Unsupported, "The model scales positions by \"" + scaling + "\", which this version "
                                              "cannot compute.", "Use a model with plain or linear positions.");
    if (spec.rope.dimensions > spec.headDim || spec.rope.dimensions % 2 != 0 || spec.rope.base <= 0 || factor <= 0)
        reader.refuse(ErrorCode::BadInput, "The model's rotary position numbers do not fit its heads.",
                      "The file is damaged or was converted wrongly.");
    if (!reader.status() || !file.find("rope_freqs.weight"))
        return reader.status();
    const auto divisors = WeightLoader(file).vector("rope_freqs.weight", spec.rope.dimensions / 2);
    if (!divisors)
        return failed(divisors);
    spec.rope.divisors.assign(divisors->begin(), divisors->end());
    for (const double divisor : spec.rope.divisors)
        if (!(divisor > 0))
            return fail(ErrorCode::BadInput, "The tensor \"rope_freqs.weight\" holds a number that is not above 0.",
                        "The file is damaged.");
    return {};
}

} // namespace

Result<DecoderSpec> readLlamaSpec(const GgufFile& file)
{
    SpecReader reader(file.metadata(), "llama");
    DecoderSpec spec;
    spec.architecture = "llama";
    spec.layers = reader.count("block_count", kMostLayers);
    spec.heads = reader.count("attention.head_count", kMostHeads);
    spec.kvHeads = reader.count("attention.head_count_kv", kMostHeads, std::uint64_t(spec.heads));
    spec.embedding = reader.count("embedding_length", kMostWidth);
    spec.feedForward = reader.count("feed_forward_length", kMostWidth);
    spec.headDim = reader.count("attention.key_length", 1024, std::uint64_t(spec.embedding / spec.heads));
    spec.contextLength = reader.count("context_length", kMostContext, 4096);
    spec.normEpsilon = static_cast<float>(reader.number("attention.layer_norm_rms_epsilon", 1e-5));
    if (spec.normEpsilon < 0)
        reader.refuse(ErrorCode::BadInput, "The model's llama.attention.layer_norm_rms_epsilon is below 0.",
                      "The file is damaged.");
    spec.attentionScale = 1.0f / std::sqrt(static_cast<float>(spec.headDim));
    if (const TensorEntry* embedding = file.find("token_embd.weight"))
        spec.vocabulary = static_cast<int>(std::min(embedding->shape[1], kMostVocabulary));
    if (reader.status() && spec.heads % spec.kvHeads != 0)
        reader.refuse(ErrorCode::BadInput, "The model's " + std::to_string(spec.heads) + " heads do not divide into " +
                                               std::to_string(spec.kvHeads) + " KV heads.",
                      "The file is damaged or was converted wrongly.");
    if (!reader.status())
        return tl::unexpected(reader.status().error());
    if (auto rope = readRope(file, reader, spec); !rope)
        return failed(rope);
    return spec;
}

Result<ModelWeights> readLlamaWeights(const GgufFile& file, const DecoderSpec& spec)
{
    WeightLoader loader(file);
    ModelWeights weights;
    loader.take(weights.tokenEmbedding, "token_embd.weight", spec.vocabulary, spec.embedding)
        .take(weights.outputNorm, "output_norm.weight", spec.embedding);
    if (loader.has("output.weight"))
        loader.take(weights.output, "output.weight", spec.vocabulary, spec.embedding);
    else
        weights.output = weights.tokenEmbedding;
    weights.layers.resize(static_cast<std::size_t>(spec.layers));
    const int queryRows = spec.heads * spec.headDim;
    const int keyRows = spec.kvHeads * spec.headDim;
    for (int i = 0; i < spec.layers; ++i) {
        LayerWeights& layer = weights.layers[static_cast<std::size_t>(i)];
        const std::string name = "blk." + std::to_string(i) + ".";
        loader.take(layer.attentionNorm, name + "attn_norm.weight", spec.embedding)
            .take(layer.query, name + "attn_q.weight", queryRows, spec.embedding)
            .take(layer.key, name + "attn_k.weight", keyRows, spec.embedding)
            .take(layer.value, name + "attn_v.weight", keyRows, spec.embedding)
            .take(layer.attentionOut, name + "attn_output.weight", spec.embedding, queryRows)
            .take(layer.feedForwardNorm, name + "ffn_norm.weight", spec.embedding)
            .take(layer.gate, name + "ffn_gate.weight", spec.feedForward, spec.embedding)
            .take(layer.up, name + "ffn_up.weight", spec.feedForward, spec.embedding)
            .take(layer.down, name + "ffn_down.weight", spec.embedding, spec.feedForward);
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
