// Qwen 2 and 2.5: as llama, with biases of query, key and value and rotary positions in the NEOX layout.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readQwen2Spec(const GgufFile& file)
{
    SpecReader reader(file.metadata(), "qwen2");
    return finishSpec(reader, readNumbers(file, reader, "qwen2", RopeLayout::Neox));
}

Result<ModelWeights> readQwen2Weights(const GgufFile& file, const DecoderSpec& spec)
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
