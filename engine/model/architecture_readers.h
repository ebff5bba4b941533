// How each architecture reads its numbers and its weights from a GGUF file; one file each, which says what it
// is.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

namespace lectern {

Result<DecoderSpec> readLlamaSpec(const ModelFile& file);
Result<ModelWeights> readLlamaWeights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readQwen2Spec(const ModelFile& file);
Result<ModelWeights> readQwen2Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readQwen3Spec(const ModelFile& file);
Result<ModelWeights> readQwen3Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readGemma2Spec(const ModelFile& file);
Result<ModelWeights> readGemma2Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readGemma3Spec(const ModelFile& file);
Result<ModelWeights> readGemma3Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readPhi3Spec(const ModelFile& file);
Result<ModelWeights> readPhi3Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readOlmo2Spec(const ModelFile& file);
Result<ModelWeights> readOlmo2Weights(const ModelFile& file, const DecoderSpec& spec);
Result<DecoderSpec> readStarcoder2Spec(const ModelFile& file);
Result<ModelWeights> readStarcoder2Weights(const ModelFile& file, const DecoderSpec& spec);

} // namespace lectern
