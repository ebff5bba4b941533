// How each architecture reads its numbers and its weights from a GGUF file; one file each, which says what it
// is.
#pragma once

#include "engine/format/gguf_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

namespace lectern {

Result<DecoderSpec> readLlamaSpec(const GgufFile& file);
Result<ModelWeights> readLlamaWeights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readQwen2Spec(const GgufFile& file);
Result<ModelWeights> readQwen2Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readQwen3Spec(const GgufFile& file);
Result<ModelWeights> readQwen3Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readGemma2Spec(const GgufFile& file);
Result<ModelWeights> readGemma2Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readGemma3Spec(const GgufFile& file);
Result<ModelWeights> readGemma3Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readPhi3Spec(const GgufFile& file);
Result<ModelWeights> readPhi3Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readOlmo2Spec(const GgufFile& file);
Result<ModelWeights> readOlmo2Weights(const GgufFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readStarcoder2Spec(const GgufFile& file);
Result<ModelWeights> readStarcoder2Weights(const GgufFile& file, const DecoderSpec& spec);

} // namespace lectern
