// Rows of weights in their own type: as floats, and against a few rows of activations at memory speed.
#pragma once

#include "engine/base/tensor_type.h"

#include <cstddef>

namespace lectern {

// out[0..cols) = the row's numbers. Every type of quant_types.h; the common ones with SIMD.
void unpackWeights(TensorType type, const std::byte* row, float* out, int cols);

// Consecutive rows of one matrix.
struct WeightRows {
    TensorType type = TensorType::F32;
    const std::byte* first = nullptr;
    std::size_t rowBytes = 0;
    int rows = 0;
    int cols = 0;
};

// The rows' inputs: [tokens][cols].
struct DotInputs {
    const float* x = nullptr;
    int tokens = 1;
};

// out[t * outStride + r] = sum_i weights[r][i] * x[t * cols + i] for t in [0, tokens). scratch: cols floats.
void rowDots(const WeightRows& weights, const DotInputs& inputs, float* scratch, float* out, int outStride);

} // namespace lectern
