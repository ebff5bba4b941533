// The llama architecture in GGUF: Llama 1-3, Mistral, TinyLlama, SmolLM, Yi and the bundled models. RMSNorm before each
// block, rotary positions in the NORM layout (the converter permutes Q and K rows), grouped-query attention, SwiGLU.
#pragma once

#include "engine/format/gguf_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

namespace lectern {

Result<DecoderSpec> readLlamaSpec(const GgufFile& file);
Result<ModelWeights> readLlamaWeights(const GgufFile& file, const DecoderSpec& spec);

} // namespace lectern
