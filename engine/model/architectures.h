// The list of architectures: how each reads its numbers and weights from a GGUF file. To add one: a file with
// a read function and a row in architectures.cpp.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/weights.h"

#include <span>

namespace lectern {

struct Architecture {
    const char* name; // general.architecture
    Result<DecoderSpec> (*readSpec)(const ModelFile& file);
    Result<ModelWeights> (*readWeights)(const ModelFile& file, const DecoderSpec& spec);
};

std::span<const Architecture> architectures();
// Unsupported, naming the ones there are.
Result<const Architecture*> findArchitecture(const std::string& name);

} // namespace lectern
