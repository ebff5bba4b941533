// Qwen 3 (dense): as qwen2 without biases; queries and keys are normalised head by head before they are
// rotated.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readQwen3Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "qwen3");
    DecoderSpec spec = readNumbers(file, reader, "qwen3", RopeLayout::Neox);
    spec.windows = reader.windows(spec.layers, 0, 0);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readQwen3Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, "attn_norm", layer.spec().embedding);
        layer.attention();
        layer.norm(weights.queryNorm, "attn_q_norm", layer.spec().headDim);
        layer.norm(weights.keyNorm, "attn_k_norm", layer.spec().headDim);
        layer.norm(weights.feedForwardNorm, "ffn_norm", layer.spec().embedding);
        layer.gatedFeedForward();
    });
}

} // namespace lectern
