// The low-rank part of a product with adapted weights (LoRA, arXiv 2106.09685): out += b (a x), in f32, whatever
// the type of the weights it belongs to.
#pragma once

#include "engine/kernels/linear.h"

namespace lectern {

struct LowRank {
    int rank = 0;
    std::vector<float> a; // [rank][cols]
    std::vector<float> b; // [rows][rank], with the adapter's strength
};

// op.weights->lowRank must be set. Part of linear(); takes scratch of the workspace.
void addLowRank(const LinearOp& op, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool);

} // namespace lectern
