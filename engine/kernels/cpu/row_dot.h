// Rows of weights in their own type: as floats, and against a few rows of activations at memory speed.
#pragma once

#include "engine/base/tensor_type.h"

#include <cstddef>

namespace lectern {

// out[0..cols) = the row's numbers. Every type of quant_types.h; the common ones with SIMD.
void unpackWeights(TensorType type, const std::byte* row, float* out, int cols);

// out[t * outStride] = sum_i row[i] * x[t * cols + i] for t in [0, tokens). scratch: cols floats.
void rowDots(TensorType type, const std::byte* row, const float* x, int tokens, int cols, float* scratch, float* out,
             int outStride);

} // namespace lectern
