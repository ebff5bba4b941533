// Gemma 3 (text): as gemma2 with normalised queries and keys instead of capped scores; five of six layers
// have a window and turn at a base of their own, without the scaling of the others.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"
#include "engine/model/rope_reader.h"

#include <cmath>

namespace lectern {

namespace {
// The 27B model divides its scores by the root of embedding / heads; no key says so.
constexpr int kLayersOf27B = 62;
} // namespace

Result<DecoderSpec> readGemma3Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "gemma3");
    DecoderSpec spec = readNumbers(file, reader, "gemma3", RopeLayout::Neox);
    spec.feedForwardKind = FeedForwardKind::GeGlu;
    spec.embeddingScale = std::sqrt(static_cast<float>(spec.embedding));
    if (spec.layers == kLayersOf27B)
        spec.attentionScale = 1.0f / std::sqrt(static_cast<float>(spec.embedding / spec.heads));
    spec.attentionScale = static_cast<float>(reader.number("attention.scale", spec.attentionScale));
    spec.outputSoftcap = static_cast<float>(reader.number("final_logit_softcapping", 0));
    spec.windows = reader.windows(spec.layers, 0, 6);
    if (!spec.windows.empty())
        spec.windowRope = readWindowRope(reader, spec.rope, 10000);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readGemma3Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, "attn_norm", layer.spec().embedding);
        layer.attention();
        layer.norm(weights.queryNorm, "attn_q_norm", layer.spec().headDim);
        layer.norm(weights.keyNorm, "attn_k_norm", layer.spec().headDim);
        layer.norm(weights.attentionPostNorm, "post_attention_norm", layer.spec().embedding);
        layer.norm(weights.feedForwardNorm, "ffn_norm", layer.spec().embedding);
        layer.gatedFeedForward();
        layer.norm(weights.feedForwardPostNorm, "post_ffw_norm", layer.spec().embedding);
    });
}

} // namespace lectern
