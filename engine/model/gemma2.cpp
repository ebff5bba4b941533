// Gemma 2: embeddings times the root of their width, norms before and after each block, GeGLU, capped scores
// and logits, a window in every other layer. The converter has added 1 to the norms.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

#include <cmath>

namespace lectern {

namespace {
// The 27B model divides its scores by the root of embedding / heads; no key says so.
constexpr int kLayersOf27B = 46;
} // namespace

Result<DecoderSpec> readGemma2Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "gemma2");
    DecoderSpec spec = readNumbers(file, reader, "gemma2", RopeLayout::Neox);
    spec.feedForwardKind = FeedForwardKind::GeGlu;
    spec.embeddingScale = std::sqrt(static_cast<float>(spec.embedding));
    if (spec.layers == kLayersOf27B)
        spec.attentionScale = 1.0f / std::sqrt(static_cast<float>(spec.embedding / spec.heads));
    spec.attentionScale = static_cast<float>(reader.number("attention.scale", spec.attentionScale));
    spec.attentionSoftcap = static_cast<float>(reader.number("attn_logit_softcapping", 50));
    spec.outputSoftcap = static_cast<float>(reader.number("final_logit_softcapping", 30));
    spec.windows = reader.windows(spec.layers, 4096, 2);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readGemma2Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, "attn_norm", layer.spec().embedding);
        layer.attention();
        layer.norm(weights.attentionPostNorm, "post_attention_norm", layer.spec().embedding);
        layer.norm(weights.feedForwardNorm, "ffn_norm", layer.spec().embedding);
        layer.gatedFeedForward();
        layer.norm(weights.feedForwardPostNorm, "post_ffw_norm", layer.spec().embedding);
    });
}

} // namespace lectern
