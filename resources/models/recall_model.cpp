#include "resources/models/recall_model.h"

#include "engine/base/half.h"
#include "engine/format/gguf_file.h"
#include "engine/format/gguf_writer.h"
#include "resources/models/recall_weights.h"

#include <bit>
#include <cstring>

namespace lectern {

namespace {

// The document, then the question with nothing after it: the model goes on where the question breaks off. The
// space before the question makes its first word the same token as within a paragraph.
constexpr const char* kChatTemplate = "{{ bos_token }}{% for message in messages %}{% if message['role'] == "
                                      "'user' %}{{ ' ' }}{{ message['content'] }}"
                                      "{% else %}{{ message['content'] }}{{ '\\n' }}{% endif %}{% endfor %}";

Status addTokenizer(GgufWriter& writer, const Metadata& source)
{
    for (const auto& [key, value] : source.entries()) {
        if (!key.starts_with("tokenizer.ggml."))
            continue;
        if (auto added = writer.add(key, value); !added)
            return added;
    }
    return writer.add("tokenizer.chat_template", std::string(kChatTemplate));
}

Status addFacts(GgufWriter& writer)
{
    using namespace recall;
    const auto count = [](std::size_t n) { return MetaValue(static_cast<std::uint64_t>(n)); };
    const std::pair<const char*, MetaValue> facts[] = {
        {"general.architecture", std::string("llama")},
        {"general.name", std::string("Lectern recall")},
        {"general.license", std::string("apache-2.0")},
        {"general.description",
         std::string("Exact recall by construction: finishes any sentence it has read")},
        {"general.file_type", count(1)}, // mostly F16
        {"llama.context_length", count(kContext)},
        {"llama.embedding_length", count(kEmbedding)},
        {"llama.block_count", count(kLayers)},
        {"llama.feed_forward_length", count(kHidden)},
        {"llama.attention.head_count", count(kHeads)},
        {"llama.attention.head_count_kv", count(kHeads)},
        {"llama.attention.key_length", count(kHeadDim)},
        {"llama.attention.value_length", count(kHeadDim)},
        {"llama.attention.layer_norm_rms_epsilon", static_cast<double>(kNormEpsilon)},
        {"llama.rope.freq_base", static_cast<double>(kFrequencyBase)},
        {"llama.rope.dimension_count", count(kHeadDim)},
        {"llama.vocab_size", count(kVocabulary)},
        {"lectern.plan", std::string("longgen")},
        {"lectern.stop", std::string("sentence")}, // the answer ends with the sentence it finishes
    };
    for (const auto& [key, value] : facts) {
        if (auto added = writer.add(key, value); !added)
            return added;
    }
    return {};
}

Status addMatrix(GgufWriter& writer, const std::string& name, const recall::Matrix& matrix)
{
    std::vector<std::byte> bytes(matrix.values.size() * sizeof(std::uint16_t));
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
        const std::uint16_t half = floatToHalf(matrix.values[i]);
        std::memcpy(bytes.data() + i * sizeof half, &half, sizeof half);
    }
    return writer.addTensorOwned(name, TensorType::F16, {matrix.columns, matrix.rows}, std::move(bytes));
}

Status addVector(GgufWriter& writer, const std::string& name, const std::vector<float>& values)
{
    return writer.addTensor(name, TensorType::F32, {values.size()}, std::as_bytes(std::span(values)));
}

Status addLayer(GgufWriter& writer, const std::string& prefix, const recall::Layer& layer)
{
    const std::pair<const char*, const recall::Matrix*> matrices[] = {
        {"attn_q.weight", &layer.query},  {"attn_k.weight", &layer.key},
        {"attn_v.weight", &layer.value},  {"attn_output.weight", &layer.attentionOutput},
        {"ffn_gate.weight", &layer.gate}, {"ffn_up.weight", &layer.up},
        {"ffn_down.weight", &layer.down},
    };
    for (const auto& [name, matrix] : matrices) {
        if (auto added = addMatrix(writer, prefix + name, *matrix); !added)
            return added;
    }
    if (auto added = addVector(writer, prefix + "attn_norm.weight", layer.attentionNorm); !added)
        return added;
    return addVector(writer, prefix + "ffn_norm.weight", layer.ffnNorm);
}

Status addWeights(GgufWriter& writer, const recall::Weights& weights)
{
    if (auto added = addMatrix(writer, "token_embd.weight", weights.embedding); !added)
        return added;
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        if (auto added = addLayer(writer, "blk." + std::to_string(i) + ".", weights.layers[i]); !added)
            return added;
    }
    if (auto added = addVector(writer, "output_norm.weight", weights.outputNorm); !added)
        return added;
    return addMatrix(writer, "output.weight", weights.output);
}

Status checkVocabulary(const Metadata& source, const std::string& path)
{
    const auto tokens = source.texts("tokenizer.ggml.tokens");
    const auto bos = source.unsignedOr("tokenizer.ggml.bos_token_id", 0);
    const auto end = source.unsignedOr("tokenizer.ggml.eos_token_id", 0);
    if (tokens && bos && end && tokens->size() == recall::kVocabulary && *bos == recall::kTokenBos &&
        *end == recall::kTokenEnd)
        return {};
    return fail(ErrorCode::BadInput,
                "The tokenizer of " + path + " is not the one the recall model is made for.",
                "Use the bundled lectern-mini.gguf.");
}

} // namespace

Status writeRecallModel(const std::string& tokenizerFrom, const std::string& path)
{
    static_assert(std::endian::native == std::endian::little, "GGUF numbers are little-endian");
    const auto source = GgufFile::open(tokenizerFrom);
    if (!source)
        return failed(source);
    const Metadata& metadata = (*source)->metadata();
    if (auto fits = checkVocabulary(metadata, tokenizerFrom); !fits)
        return fits;

    GgufWriter writer;
    if (auto added = addFacts(writer); !added)
        return added;
    if (auto added = addTokenizer(writer, metadata); !added)
        return added;
    const recall::Weights weights = recall::buildWeights();
    if (auto added = addWeights(writer, weights); !added)
        return added;
    return writer.write(path);
}

} // namespace lectern
