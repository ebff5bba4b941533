// Phi-3, 3.5 and 4-mini: query, key and value in one matrix, gate and up in another; LongRoPE divisors where
// the context was extended. Published files name a sliding window that does not fit the weights; like
// llama.cpp, none is applied.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readPhi3Spec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "phi3");
    return finishSpec(reader, readNumbers(file, reader, "phi3", RopeLayout::Neox));
}

Result<ModelWeights> readPhi3Weights(const ModelFile& file, const DecoderSpec& spec)
{
    return readWeights(file, spec, [](LayerReader& layer) {
        LayerWeights& weights = layer.weights();
        layer.norm(weights.attentionNorm, "attn_norm", layer.spec().embedding);
        layer.attention();
        layer.norm(weights.feedForwardNorm, "ffn_norm", layer.spec().embedding);
        layer.fusedFeedForward();
    });
}

} // namespace lectern
