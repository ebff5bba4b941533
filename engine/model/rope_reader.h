// Reads "<architecture>.rope.*" and the tensors that belong to it: rope_freqs, rope_factors_long and _short.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/decoder_spec.h"
#include "engine/model/spec_reader.h"

namespace lectern {

// spec's headDim and contextLength must be read already. Errors go to the reader's status.
void readRope(const ModelFile& file, SpecReader& reader, RopeLayout layout, DecoderSpec& spec);

// The same turning without any scaling, at "rope.freq_base_swa" (else `base`): of layers with a window.
RopeSettings readWindowRope(SpecReader& reader, const RopeSettings& rope, double base);

} // namespace lectern
