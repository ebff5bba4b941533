// The llama architecture in GGUF: Llama 1-3, Mistral, TinyLlama, SmolLM, Yi and the bundled models. RMSNorm
// before each block, rotary positions in the NORM layout (the converter permutes Q and K rows), grouped-query
// attention, SwiGLU.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readLlamaSpec(const GgufFile& file)
{
    SpecReader reader(file.metadata(), "llama");
    return finishSpec(reader, readNumbers(file, reader, "llama", RopeLayout::Norm));
}

Result<ModelWeights> readLlamaWeights(const GgufFile& file, const DecoderSpec& spec)
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
