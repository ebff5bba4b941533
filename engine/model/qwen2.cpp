// Qwen 2 and 2.5: as llama, with biases of query, key and value and rotary positions in the NEOX layout.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readQwen2Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "qwen2");
    DecoderSpec spec = readNumbers(file, reader, "qwen2", RopeLayout::Neox);
    spec.windows = reader.windows(spec.layers, 0, 0);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readQwen2Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, "attn_norm", layer.spec().embedding);
        layer.attention();
        layer.norm(weights.feedForwardNorm, "ffn_norm", layer.spec().embedding);
        layer.gatedFeedForward();
    });
}

} // namespace lectern
