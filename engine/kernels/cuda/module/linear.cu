#include "engine/kernels/cuda/module/linear.cuh"

#include "engine/kernels/cuda/module/split_input.cuh"
#include "engine/kernels/cuda/module/weights.cuh"

#include <algorithm>

namespace lectern::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kGemvWarps = 4;
constexpr int kVectorsInFlight = 8; // 16 bytes each, of every thread: memory is far

// A warp has Rows rows, which share its loads of the input. All loads of a turn are made before any is used.
template <int Type, int Rows>
__global__ void __launch_bounds__(kGemvWarps * 32) gemv(const LecternCudaLinear op)
{
    using W = Weights<Type>;
    constexpr int kTurn = kVectorsInFlight / Rows / W::kVectors;
    const int firstRow = (blockIdx.x * kGemvWarps + threadIdx.x / 32) * Rows, lane = threadIdx.x % 32;
    if (firstRow >= op.rows)
        return;
    const int rowBlocks = op.cols / W::kBlock;
    const std::size_t blocks = std::size_t(op.rows) * rowBlocks;
    const auto* base = static_cast<const std::byte*>(op.weights);
    const std::byte* x = W::inputOf(op);
    float sums[Rows] = {};
#pragma unroll 1
    for (int first = lane; first < rowBlocks; first += 32 * kTurn) {
        typename W::Block loaded[kTurn][Rows];
#pragma unroll
        for (int t = 0; t < kTurn; ++t)
#pragma unroll
            for (int r = 0; r < Rows; ++r)
                loaded[t][r] = W::load(base, blocks,
                                       std::size_t(min(firstRow + r, op.rows - 1)) * rowBlocks +
                                           min(first + 32 * t, rowBlocks - 1));
#pragma unroll
        for (int t = 0; t < kTurn; ++t) {
            if (first + 32 * t >= rowBlocks)
                break;
            const typename W::Input input = W::Input::load(x, rowBlocks, first + 32 * t);
#pragma unroll
            for (int r = 0; r < Rows; ++r)
                sums[r] += W::dot(loaded[t][r], input);
        }
    }
    __syncwarp();
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
        for (int step = 16; step > 0; step /= 2)
            sums[r] += __shfl_xor_sync(0xffffffffu, sums[r], step);
        const int row = firstRow + r;
        if (lane == r && row < op.rows) {
            const float value = sums[r] + (op.bias ? op.bias[row] : 0.0f);
            op.out[row] = op.accumulate ? op.out[row] + value : value;
        }
    }
}

template <int Type> __global__ void __launch_bounds__(kThreads) unpackAll(const LecternCudaLinear op)
{
    using W = Weights<Type>;
    const std::size_t blocks = std::size_t(op.rows) * (op.cols / W::kBlock);
    const std::size_t i = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (i >= blocks)
        return;
    float values[W::kBlock];
    W::unpack(W::load(static_cast<const std::byte*>(op.weights), blocks, i), values);
    auto* to = reinterpret_cast<uint4*>(static_cast<__half*>(op.unpacked) + i * W::kBlock);
#pragma unroll
    for (int part = 0; part < W::kBlock / 8; ++part) {
        __half2 halves[4];
#pragma unroll
        for (int pair = 0; pair < 4; ++pair)
            halves[pair] = __floats2half2_rn(values[8 * part + 2 * pair], values[8 * part + 2 * pair + 1]);
        to[part] = *reinterpret_cast<const uint4*>(halves);
    }
}

template <int Type>
__global__ void __launch_bounds__(kThreads) embedRows(const std::byte* table, int rows, int width,
                                                      const std::int32_t* tokens, float scale, float* out)
{
    using W = Weights<Type>;
    const int rowBlocks = width / W::kBlock;
    for (int at = threadIdx.x; at < rowBlocks; at += kThreads) {
        float values[W::kBlock];
        const std::size_t i = std::size_t(tokens[blockIdx.x]) * rowBlocks + at;
        W::unpack(W::load(table, std::size_t(rows) * rowBlocks, i), values);
        float* to = out + std::size_t(blockIdx.x) * width + at * W::kBlock;
#pragma unroll
        for (int e = 0; e < W::kBlock; ++e)
            to[e] = scale * values[e];
    }
}

__global__ void __launch_bounds__(kThreads) splitAll(const __half* x, std::byte* out, int cols)
{
    const int at = blockIdx.x * kThreads + threadIdx.x;
    if (at < cols) // cols is a multiple of 32: warps are whole
        storeSplit(__half2float(x[at]), at, cols, out);
}

__global__ void addBias(float* out, const float* bias, int rows, int stride)
{
    const int row = blockIdx.x * kThreads + threadIdx.x;
    if (row < rows)
        out[std::size_t(blockIdx.y) * stride + row] += bias[row];
}

// Blocks of the file, from `first` on, into their places in the matrix.
template <int Type>
__global__ void __launch_bounds__(kThreads) repackAll(const std::uint8_t* from, std::size_t count,
                                                      std::size_t first, std::size_t blocks, std::uint8_t* to)
{
    using P = Packed<Type>;
    const std::size_t at = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (at < count)
        P::repack(from + at * P::kFileBytes, (first + at) * (P::kFileBlock / kPackedBlock), blocks, to);
}

unsigned threadBlocks(std::size_t count)
{
    return unsigned((count + kThreads - 1) / kThreads);
}

} // namespace

std::size_t deviceWeightBytes(int type, int rows, int cols)
{
    std::size_t bytes = 0;
    withWeightType(type, [&](auto t) {
        using W = Weights<decltype(t)::value>;
        bytes = cols % W::kFileBlock == 0 ? W::bytes(std::size_t(rows), std::size_t(cols)) : 0;
    });
    return bytes;
}

FileBlocks fileBlocks(int type)
{
    FileBlocks blocks{};
    withPackedType(type, [&](auto t) {
        using P = Packed<decltype(t)::value>;
        blocks = {P::kFileBlock, P::kFileBytes};
    });
    return blocks;
}

cudaError_t launchRepack(int type, const void* from, std::size_t count, std::size_t first,
                         std::size_t weights, void* to, cudaStream_t stream)
{
    withPackedType(type, [&](auto t) {
        repackAll<decltype(t)::value><<<threadBlocks(count), kThreads, 0, stream>>>(
            static_cast<const std::uint8_t*>(from), count, first, weights / kPackedBlock,
            static_cast<std::uint8_t*>(to));
    });
    return cudaGetLastError();
}

cudaError_t launchGemv(const LecternCudaLinear& op, cudaStream_t stream)
{
    constexpr int kManyRows = 8192; // then fewer warps have enough in flight together
    const int rows = op.rows >= kManyRows && op.type != LECTERN_CUDA_F16 ? 4 : 2;
    const int blocks = (op.rows + kGemvWarps * rows - 1) / (kGemvWarps * rows);
    withWeightType(op.type, [&](auto type) {
        constexpr int kType = decltype(type)::value;
        if (rows == 4)
            gemv<kType, 4><<<blocks, kGemvWarps * 32, 0, stream>>>(op);
        else
            gemv<kType, 2><<<blocks, kGemvWarps * 32, 0, stream>>>(op);
    });
    return cudaGetLastError();
}

cudaError_t launchSplit(const __half* x, void* out, int cols, cudaStream_t stream)
{
    splitAll<<<threadBlocks(std::size_t(cols)), kThreads, 0, stream>>>(x, static_cast<std::byte*>(out), cols);
    return cudaGetLastError();
}

cudaError_t launchUnpack(const LecternCudaLinear& op, cudaStream_t stream)
{
    const std::size_t blocks = std::size_t(op.rows) * op.cols / kPackedBlock;
    withPackedType(op.type, [&](auto type) {
        unpackAll<decltype(type)::value><<<threadBlocks(blocks), kThreads, 0, stream>>>(op);
    });
    return cudaGetLastError();
}

cudaError_t launchAddBias(float* out, const float* bias, int rows, int stride, int tokens,
                          cudaStream_t stream)
{
    addBias<<<dim3(threadBlocks(std::size_t(rows)), tokens), kThreads, 0, stream>>>(out, bias, rows, stride);
    return cudaGetLastError();
}

cudaError_t launchEmbed(int type, const void* table, int rows, int width, const std::int32_t* tokens,
                        int count, float scale, float* out, cudaStream_t stream)
{
    withWeightType(type, [&](auto t) {
        embedRows<decltype(t)::value><<<count, kThreads, 0, stream>>>(static_cast<const std::byte*>(table),
                                                                      rows, width, tokens, scale, out);
    });
    return cudaGetLastError();
}

} // namespace lectern::cuda
