// The model shapes that the benchmarks speak of by name.
#pragma once

#include "engine/model/decoder_spec.h"

#include <string>

namespace lectern {

// "44m": 12 layers, 512 wide, 8/4 heads of 64, feed-forward 1408, vocabulary 16384.
// "1.1b": TinyLlama's, 22 layers, 2048 wide, 32/4 heads of 64, feed-forward 5632, vocabulary 32000.
// Any other name gives layers = 0.
DecoderSpec benchShape(const std::string& name);

} // namespace lectern
