// CPU products: see linear.h for the contract.
#include "engine/kernels/linear.h"
#include "engine/kernels/low_rank.h"
#include "engine/kernels/cpu/panel_types.h"
#include "engine/kernels/cpu/row_dot.h"
#include "engine/kernels/cpu/vnni.h"
#include "engine/kernels/weight_panels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/cpu/linear_cpu.cpp"
#include "engine/kernels/cpu/highway_targets.h"
#include <hwy/foreach_target.h>

#include "engine/kernels/cpu/tile_gemm-inl.h"

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {

// c[tokens][ldc] (+)= x[tokens][lda] * panel[k][64], `cols` of the 64 columns.
void multiplyPanel(const float* x, std::size_t lda, const float* panel, std::size_t k, float* c, std::size_t ldc,
                   std::size_t tokens, std::size_t cols, bool accumulate)
{
    tileGemm(x, lda, panel, 64, k, c, ldc, tokens, cols, accumulate);
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern {
namespace {

HWY_EXPORT(multiplyPanel);

constexpr int kPanelRows = 64;  // weight rows unpacked together: the tile's columns
constexpr int kPanelDepth = 512; // inputs of a panel: 128 KiB of f32, which stays in L2 while the tokens pass
constexpr int kFewTokens = 4;   // up to here reading weights dominates and panels do not pay
constexpr int kDotRows = kPanelGroup; // at least so many rows a piece of work there,
constexpr int kDotPieces = 4;   // and about so many pieces a thread: long runs of memory, and yet an even end

struct Piece {
    const LinearOp* op;
    int firstRow, rows;
};

std::vector<Piece> cut(std::span<const LinearOp> ops, int rowsPerPiece)
{
    std::vector<Piece> pieces;
    for (const LinearOp& op : ops)
        for (int row = 0; row < op.weights->rows; row += rowsPerPiece)
            pieces.push_back({&op, row, std::min(rowsPerPiece, op.weights->rows - row)});
    return pieces;
}

// Rows of the weights that can be read from their panels.
int rowsInPanels(const LinearWeights& weights) { return weights.panels && hasVnni() ? weights.panels->rows() : 0; }

// Unpacks columns [from, from + depth) of the piece's rows into panel[depth][64], zero-padded to 64 rows.
void unpackPanel(const LinearWeights& weights, const Piece& piece, int from, int depth, float* rows, float* panel)
{
    const TensorTypeInfo& info = *tensorTypeInfo(weights.type);
    // A row's stride of a power of two would put all rows of a column into the same few cache sets.
    const int stride = kPanelDepth + 16;
    const std::size_t skip = tensorBytes(info, static_cast<std::uint64_t>(from));
    // Of the panel's columns, those that come regrouped, a vector at a time.
    const int grouped = std::clamp(rowsInPanels(weights) - piece.firstRow, 0, piece.rows);
    for (int row = 0; row < grouped; row += kPanelGroup) {
        const PanelType& type = weights.panels->type();
        type.unpack(weights.panels->group(piece.firstRow + row) + std::size_t(from / type.columns) * type.bytes,
                    depth / type.columns, panel + row, kPanelRows);
    }
    for (int row = grouped; row < piece.rows; ++row)
        unpackWeights(weights.type, weights.row(piece.firstRow + row) + skip, rows + row * stride, depth);
    std::fill(rows + piece.rows * stride, rows + kPanelRows * stride, 0.0f);
    for (int row0 = grouped; row0 < kPanelRows; row0 += 8)
        for (int i = 0; i < depth; ++i)
            for (int row = row0; row < row0 + 8; ++row)
                panel[i * kPanelRows + row] = rows[row * stride + i];
}

void addBias(const Piece& piece, int tokens)
{
    const LinearWeights& weights = *piece.op->weights;
    if (!weights.bias)
        return;
    for (int token = 0; token < tokens; ++token)
        for (int row = piece.firstRow; row < piece.firstRow + piece.rows; ++row)
            piece.op->out[static_cast<std::ptrdiff_t>(token) * weights.rows + row] += weights.bias[row];
}

void panelProduct(const Piece& piece, const float* x, int tokens, std::vector<float>& memory)
{
    const LinearWeights& weights = *piece.op->weights;
    const std::size_t rowFloats = kPanelRows * (kPanelDepth + 16);
    const std::size_t panelFloats = kPanelRows * kPanelDepth;
    const bool whole = piece.rows == kPanelRows;
    memory.resize(std::max(memory.size(), rowFloats + panelFloats + (whole ? 0 : std::size_t(tokens) * kPanelRows)));
    float* rows = memory.data();
    float* panel = rows + rowFloats;
    float* out = whole ? piece.op->out + piece.firstRow : panel + panelFloats;
    const auto outStride = static_cast<std::size_t>(whole ? weights.rows : kPanelRows);
    for (int from = 0; from < weights.cols; from += kPanelDepth) {
        const int depth = std::min(kPanelDepth, weights.cols - from);
        unpackPanel(weights, piece, from, depth, rows, panel);
        HWY_DYNAMIC_DISPATCH(multiplyPanel)
        (x + from, static_cast<std::size_t>(weights.cols), panel, static_cast<std::size_t>(depth), out, outStride,
         static_cast<std::size_t>(tokens), kPanelRows, from > 0);
    }
    for (int token = 0; !whole && token < tokens; ++token)
        std::copy_n(out + token * kPanelRows, piece.rows,
                    piece.op->out + static_cast<std::ptrdiff_t>(token) * weights.rows + piece.firstRow);
    addBias(piece, tokens);
}

void dotProducts(const Piece& piece, const DotInputs& inputs, std::span<const SplitActivations> splits,
                 std::vector<float>& memory)
{
    const LinearWeights& weights = *piece.op->weights;
    memory.resize(std::max(memory.size(), static_cast<std::size_t>(weights.cols)));
    const int grouped = std::clamp(rowsInPanels(weights) - piece.firstRow, 0, piece.rows);
    float* out = piece.op->out + piece.firstRow;
    for (int row = 0; row < grouped; row += kPanelGroup)
        for (int token = 0; token < inputs.tokens; ++token)
            weights.panels->type().dot(weights.panels->group(piece.firstRow + row), weights.panels->blocks(),
                                       splits[static_cast<std::size_t>(token)],
                                       out + static_cast<std::ptrdiff_t>(token) * weights.rows + row);
    rowDots({weights.type, weights.row(piece.firstRow + grouped), weights.rowBytes, piece.rows - grouped, weights.cols},
            inputs, memory.data(), out + grouped, weights.rows);
    addBias(piece, inputs.tokens);
}

void fewTokens(std::span<const LinearOp> ops, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool)
{
    int rows = 0;
    bool grouped = false;
    for (const LinearOp& op : ops) {
        rows += op.weights->rows;
        grouped |= rowsInPanels(*op.weights) > 0;
    }
    workspace.splits.resize(std::max<std::size_t>(workspace.splits.size(), kFewTokens));
    const int cols = ops.front().weights->cols;
    for (int token = 0; grouped && token < tokens; ++token)
        workspace.splits[std::size_t(token)].assign(x + static_cast<std::ptrdiff_t>(token) * cols, cols);
    // Whole groups of rows, so that no group is cut in two.
    const int share = rows / (pool.threads() * kDotPieces);
    const std::vector<Piece> pieces = cut(ops, std::max(1, (share + kDotRows - 1) / kDotRows) * kDotRows);
    pool.parallelFor(static_cast<int>(pieces.size()), [&](int index, int thread) {
        dotProducts(pieces[std::size_t(index)], {x, tokens}, workspace.splits, workspace.threads[std::size_t(thread)]);
    });
}

} // namespace

static void plainProducts(std::span<const LinearOp> ops, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool)
{
    workspace.threads.resize(std::max<std::size_t>(workspace.threads.size(), std::size_t(pool.threads())));
    if (tokens <= kFewTokens)
        return fewTokens(ops, x, tokens, workspace, pool);
    const std::vector<Piece> pieces = cut(ops, kPanelRows);
    pool.parallelFor(static_cast<int>(pieces.size()), [&](int index, int thread) {
        panelProduct(pieces[std::size_t(index)], x, tokens, workspace.threads[std::size_t(thread)]);
    });
}

void linear(std::span<const LinearOp> ops, const float* x, int tokens, LinearWorkspace& workspace, ThreadPool& pool)
{
    plainProducts(ops, x, tokens, workspace, pool);
    for (const LinearOp& op : ops)
        if (op.weights->lowRank)
            addLowRank(op, x, tokens, workspace, pool);
}

} // namespace lectern
#endif
