// Products of many tokens where there is no cuBLAS: mma.sync on tiles of 128 tokens by 128 outputs, 64
// columns at a time, two stages of asynchronous copies.
#include "engine/kernels/cuda/module/linear.cuh"
#include "engine/kernels/cuda/module/mma.cuh"

namespace lectern::cuda {

namespace {

constexpr int kTile = 128, kDepth = 64, kThreads = 256, kStages = 2;
constexpr int kOperandBytes = kTile * kDepth * 2;
constexpr int kSharedBytes = kStages * 2 * kOperandBytes;

__device__ std::uint32_t pieceAddress(std::uint32_t tile, int row, int piece)
{
    return tile + row * 128 + ((piece ^ (row & 7)) << 4);
}

// 128 rows of 64 columns; what lies outside the matrix becomes zero.
__device__ void fetchTile(std::uint32_t to, const __half* from, int firstRow, int rows, int firstCol,
                          int cols)
{
#pragma unroll
    for (int i = 0; i < kTile * 8 / kThreads; ++i) {
        const int at = i * kThreads + threadIdx.x, row = at / 8, piece = at % 8, col = firstCol + piece * 8;
        const bool inside = firstRow + row < rows && col < cols;
        const __half* source = inside ? from + std::size_t(firstRow + row) * cols + col : from;
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(pieceAddress(to, row, piece)),
                     "l"(source), "r"(inside ? 16 : 0)
                     : "memory");
    }
}

// A warp's 64 tokens by 32 outputs.
__device__ void multiplyTile(float (&sums)[4][4][4], std::uint32_t x, std::uint32_t weights, int warp,
                             int lane)
{
    const int tokenAt = warp / 4 * 64, rowAt = warp % 4 * 32;
#pragma unroll
    for (int step = 0; step < kDepth / 16; ++step) {
        std::uint32_t a[4][4], b[2][4];
#pragma unroll
        for (int m = 0; m < 4; ++m)
            loadMatrix(a[m], pieceAddress(x, tokenAt + m * 16 + lane % 16, step * 2 + lane / 16));
#pragma unroll
        for (int n = 0; n < 2; ++n)
            loadMatrix(b[n], pieceAddress(weights, rowAt + n * 16 + lane % 8 + lane / 16 * 8,
                                          step * 2 + lane / 8 % 2));
#pragma unroll
        for (int m = 0; m < 4; ++m)
#pragma unroll
            for (int n = 0; n < 4; ++n)
                multiply(sums[m][n], a[m], b[n / 2][n % 2 * 2], b[n / 2][n % 2 * 2 + 1]);
    }
}

__global__ void __launch_bounds__(kThreads) gemm(const __half* weights, const LecternCudaLinear op)
{
    extern __shared__ __align__(1024) std::uint8_t memory[];
    const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(memory));
    const auto* x = static_cast<const __half*>(op.x);
    const int firstToken = blockIdx.y * kTile, firstRow = blockIdx.x * kTile;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int steps = (op.cols + kDepth - 1) / kDepth;
    const auto fetch = [&](int step) {
        if (step < steps) {
            const std::uint32_t stage = base + step % kStages * 2 * kOperandBytes;
            fetchTile(stage, x, firstToken, op.tokens, step * kDepth, op.cols);
            fetchTile(stage + kOperandBytes, weights, firstRow, op.rows, step * kDepth, op.cols);
        }
        copyCommit();
    };
    float sums[4][4][4] = {};
    fetch(0);
#pragma unroll 1
    for (int step = 0; step < steps; ++step) {
        fetch(step + 1);
        copyWait<1>();
        __syncthreads();
        const std::uint32_t stage = base + step % kStages * 2 * kOperandBytes;
        multiplyTile(sums, stage, stage + kOperandBytes, warp, lane);
        __syncthreads();
    }
#pragma unroll
    for (int m = 0; m < 4; ++m)
#pragma unroll
        for (int n = 0; n < 4; ++n)
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int token = firstToken + warp / 4 * 64 + m * 16 + lane / 4 + i / 2 * 8;
                const int row = firstRow + warp % 4 * 32 + n * 8 + lane % 4 * 2 + i % 2;
                if (token >= op.tokens || row >= op.rows)
                    continue;
                float& out = op.out[std::size_t(token) * op.outStride + row];
                out = op.accumulate ? out + sums[m][n][i] : sums[m][n][i];
            }
}

} // namespace

cudaError_t launchGemm(const __half* weights, const LecternCudaLinear& op, cudaStream_t stream)
{
    const auto error = cudaFuncSetAttribute(gemm, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes);
    if (error != cudaSuccess)
        return error;
    gemm<<<dim3((op.rows + kTile - 1) / kTile, (op.tokens + kTile - 1) / kTile), kThreads, kSharedBytes,
           stream>>>(weights, op);
    return cudaGetLastError();
}

} // namespace lectern::cuda
