// The llama architecture: Llama 1-3, Mistral, TinyLlama, SmolLM, Yi and the bundled models. RMSNorm before each
// block, rotary positions in the NORM layout (GGUF's converters permute Q and K rows; in a Hugging Face folder
// they are as trained), grouped-query attention, SwiGLU. Mistral's first version has a window in every layer.
#include "engine/model/architecture_readers.h"

#include "engine/model/decoder_reader.h"

namespace lectern {

Result<DecoderSpec> readLlamaSpec(const ModelFile& file)
{
    SpecReader reader(file.metadata(), "llama");
    const RopeLayout layout = file.keepsHalves() ? RopeLayout::Neox : RopeLayout::Norm;
    DecoderSpec spec = readNumbers(file, reader, "llama", layout);
    spec.windows = reader.windows(spec.layers, 0, 0);
    return finishSpec(reader, std::move(spec));
}

Result<ModelWeights> readLlamaWeights(const ModelFile& file, const DecoderSpec& spec)
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
