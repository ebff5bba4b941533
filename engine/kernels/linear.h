// Products with weights: out[token][row] = sum_i weight[row][i] * x[token][i] + bias[row].
// Weights stay in their file's type, most of them in its place (mapped memory). Many tokens: panels of weights are unpacked to f32 once per
// chunk and multiplied tile by tile; few tokens: every weight is read once, in its own type, at memory speed.
// Activations are f32 throughout; where whole numbers are faster (split_activations.h) they keep 22 bits of them.
#pragma once

#include "engine/base/tensor_type.h"
#include "engine/base/thread_pool.h"
#include "engine/kernels/cpu/split_activations.h"

#include <cstddef>
#include <span>
#include <vector>

namespace lectern {

struct LowRank;     // low_rank.h
class WeightPanels; // weight_panels.h

struct LinearWeights {
    TensorType type = TensorType::F32;
    int rows = 0; // outputs
    int cols = 0; // inputs
    const std::byte* data = nullptr; // [rows][rowBytes]; not owned
    std::size_t rowBytes = 0;
    const float* bias = nullptr; // [rows] or nullptr; not owned
    const LowRank* lowRank = nullptr; // what an adapter adds to the product, or nullptr; not owned
    const WeightPanels* panels = nullptr; // the same weights regrouped (weight_panels.h), or nullptr; not owned

    const std::byte* row(int index) const { return data + static_cast<std::size_t>(index) * rowBytes; }
};

// One product of a group that shares its input.
struct LinearOp {
    const LinearWeights* weights = nullptr;
    float* out = nullptr; // [tokens][weights->rows]
};

struct LinearWorkspace {
    std::vector<std::vector<float>> threads;
    std::vector<SplitActivations> splits; // one a token
    std::vector<float> lowRank;
};

// x: [tokens][cols], the same cols for every op. Every weight type must have a row in quant_types.h.
void linear(std::span<const LinearOp> ops, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool);

} // namespace lectern
