// One row of weights against a few rows of activations, reading the weights once in their own type.
#pragma once

#include "engine/base/tensor_type.h"

#include <cstddef>

namespace lectern {

// out[t * outStride] = sum_i row[i] * x[t * cols + i] for t in [0, tokens). scratch: cols floats.
void rowDots(TensorType type, const std::byte* row, const float* x, int tokens, int cols, float* scratch, float* out,
             int outStride);

} // namespace lectern
