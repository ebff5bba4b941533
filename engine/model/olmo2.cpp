// OLMo 2 and 3: norms only after the blocks, queries and keys normalised over all heads at once. OLMo 3 has a
// window in three of four layers, which turn without the scaling of the others.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"
#include "engine/model/rope_reader.h"

namespace lectern {

Result<DecoderSpec> readOlmo2Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "olmo2");
    DecoderSpec spec = readNumbers(file, reader, "olmo2", RopeLayout::Neox);
    spec.windows = reader.windows(spec.layers, 0, 4);
    if (!spec.windows.empty())
        spec.windowRope = readWindowRope(reader, spec.rope, spec.rope.base);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readOlmo2Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.attention();
        layer.norm(weights.queryNorm, "attn_q_norm", layer.spec().heads * layer.spec().headDim);
        layer.norm(weights.keyNorm, "attn_k_norm", layer.spec().kvHeads * layer.spec().headDim);
        layer.norm(weights.attentionPostNorm, "post_attention_norm", layer.spec().embedding);
        layer.gatedFeedForward();
        layer.norm(weights.feedForwardPostNorm, "post_ffw_norm", layer.spec().embedding);
    });
}

} // namespace lectern
