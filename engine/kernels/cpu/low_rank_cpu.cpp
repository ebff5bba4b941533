#include "engine/kernels/low_rank.h"

#include "engine/kernels/elementwise.h"

#include <algorithm>

namespace lectern {

namespace {

constexpr int kTokensAtOnce = 64; // bounds the scratch of wide matrices

LinearWeights matrix(const std::vector<float>& values, int rows, int cols)
{
    LinearWeights weights;
    weights.rows = rows;
    weights.cols = cols;
    weights.data = reinterpret_cast<const std::byte*>(values.data());
    weights.rowBytes = std::size_t(cols) * sizeof(float);
    return weights;
}

} // namespace

void addLowRank(const LinearOp& op, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool)
{
    const LowRank& product = *op.weights->lowRank;
    const int rows = op.weights->rows, cols = op.weights->cols;
    const LinearWeights a = matrix(product.a, product.rank, cols), b = matrix(product.b, rows, product.rank);
    const int most = std::min(tokens, kTokensAtOnce);
    workspace.lowRank.resize(std::max(workspace.lowRank.size(), std::size_t(most) * std::size_t(product.rank + rows)));
    float* inner = workspace.lowRank.data();
    float* added = inner + std::ptrdiff_t(most) * product.rank;
    for (int first = 0; first < tokens; first += most) {
        const int count = std::min(most, tokens - first);
        const LinearOp in[] = {{&a, inner}}, out[] = {{&b, added}};
        linear(in, x + std::ptrdiff_t(first) * cols, count, workspace, pool);
        linear(out, inner, count, workspace, pool);
        addInto(op.out + std::ptrdiff_t(first) * rows, added, std::size_t(count) * std::size_t(rows));
    }
}

} // namespace lectern
