// StarCoder 2: LayerNorm, biases everywhere, a plain GELU block without a gate.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readStarcoder2Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "starcoder2");
    DecoderSpec spec =
        readNumbers(file, reader, "starcoder2", RopeLayout::Neox, "attention.layer_norm_epsilon");
    spec.windows = reader.windows(spec.layers, 0, 0);
    spec.norm = NormKind::Layer;
    spec.feedForwardKind = FeedForwardKind::Gelu;
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readStarcoder2Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, weights.attentionNormBias, "attn_norm");
        layer.attention();
        layer.norm(weights.feedForwardNorm, weights.feedForwardNormBias, "ffn_norm");
        layer.plainFeedForward();
    });
}

} // namespace lectern
