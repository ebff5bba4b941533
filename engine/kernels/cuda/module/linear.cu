#include "engine/kernels/cuda/module/linear.cuh"

#include "engine/kernels/cuda/module/weights.cuh"

#include <cstring>

namespace lectern::cuda {

namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * 32;

// Rows of a warp share its loads of x. More rows in flight hide the memory's latency; short matrices need
// more warps.
template <int Type, int Rows> __global__ void __launch_bounds__(kThreads) gemv(const LecternCudaLinear op)
{
    const int firstRow = (blockIdx.x * kWarps + threadIdx.x / 32) * Rows, lane = threadIdx.x % 32;
    const auto* base = static_cast<const std::byte*>(op.weights);
    const auto* x = static_cast<const std::byte*>(op.x);
    float sums[Rows] = {};
#pragma unroll 4
    for (int col = lane * 8; col < op.cols; col += 256) {
        float activations[8];
        Weights<LECTERN_CUDA_F16>::load8(x, 1, op.cols, 0, col, activations);
#pragma unroll
        for (int r = 0; r < Rows; ++r) {
            if (firstRow + r >= op.rows)
                break;
            float weights[8];
            Weights<Type>::load8(base, op.rows, op.cols, firstRow + r, col, weights);
#pragma unroll
            for (int i = 0; i < 8; ++i)
                sums[r] = fmaf(weights[i], activations[i], sums[r]);
        }
    }
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

template <int Type> __global__ void unpackAll(const LecternCudaLinear op)
{
    const std::size_t at = (std::size_t(blockIdx.x) * kThreads + threadIdx.x) * 8;
    if (at >= std::size_t(op.rows) * op.cols)
        return;
    float values[8];
    Weights<Type>::load8(static_cast<const std::byte*>(op.weights), op.rows, op.cols, int(at / op.cols),
                         int(at % op.cols), values);
    __half2 halves[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
        halves[i] = __floats2half2_rn(values[2 * i], values[2 * i + 1]);
    *reinterpret_cast<uint4*>(static_cast<__half*>(op.unpacked) + at) =
        *reinterpret_cast<const uint4*>(halves);
}

template <int Type>
__global__ void embedRows(const std::byte* table, int rows, int width, const std::int32_t* tokens,
                          float scale, float* out)
{
    const int token = tokens[blockIdx.x];
    for (int col = threadIdx.x * 8; col < width; col += kThreads * 8) {
        float values[8];
        Weights<Type>::load8(table, rows, width, token, col, values);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            out[std::size_t(blockIdx.x) * width + col + i] = scale * values[i];
    }
}

__global__ void addBias(float* out, const float* bias, int rows, int stride)
{
    const int row = blockIdx.x * kThreads + threadIdx.x;
    if (row < rows)
        out[std::size_t(blockIdx.y) * stride + row] += bias[row];
}

// Splits blocks of `blockBytes` into a part that stays together and a scale of two bytes.
void splitBlocks(const char* from, std::size_t blocks, std::size_t blockBytes, std::size_t scaleAt, char* to)
{
    const std::size_t rest = blockBytes - 2;
    char* scales = to + blocks * rest;
    for (std::size_t i = 0; i < blocks; ++i, from += blockBytes) {
        std::memcpy(to + i * rest, scaleAt == 0 ? from + 2 : from, rest);
        std::memcpy(scales + 2 * i, from + scaleAt, 2);
    }
}

} // namespace

bool isPlainWeight(int type) { return type == LECTERN_CUDA_F16 || type == LECTERN_CUDA_Q4_K; }

std::size_t deviceWeightBytes(int type, int rows, int cols)
{
    std::size_t bytes = 0;
    withWeightType(type, [&](auto t) {
        using W = Weights<decltype(t)::value>;
        bytes = cols % W::kBlock == 0 ? W::bytes(std::size_t(rows), std::size_t(cols)) : 0;
    });
    return bytes;
}

std::string deviceWeights(int type, int rows, int cols, const void* from)
{
    const auto* bytes = static_cast<const char*>(from);
    const std::size_t elements = std::size_t(rows) * cols;
    std::string made(deviceWeightBytes(type, rows, cols), '\0');
    switch (type) {
    case LECTERN_CUDA_Q8_0:
        splitBlocks(bytes, elements / 32, 34, 0, made.data());
        break;
    case LECTERN_CUDA_Q4_0:
        splitBlocks(bytes, elements / 32, 18, 0, made.data());
        break;
    case LECTERN_CUDA_Q6_K:
        splitBlocks(bytes, elements / 256, 210, 208, made.data());
        break;
    default:
        std::memcpy(made.data(), from, made.size());
    }
    return made;
}

cudaError_t launchGemv(const LecternCudaLinear& op, cudaStream_t stream)
{
    constexpr int kRows = 2;
    const int blocks = (op.rows + kWarps * kRows - 1) / (kWarps * kRows);
    withWeightType(
        op.type, [&](auto type) { gemv<decltype(type)::value, kRows><<<blocks, kThreads, 0, stream>>>(op); });
    return cudaGetLastError();
}

cudaError_t launchUnpack(const LecternCudaLinear& op, cudaStream_t stream)
{
    const std::size_t pieces = std::size_t(op.rows) * op.cols / 8;
    withWeightType(op.type, [&](auto type) {
        unpackAll<decltype(type)::value>
            <<<unsigned((pieces + kThreads - 1) / kThreads), kThreads, 0, stream>>>(op);
    });
    return cudaGetLastError();
}

cudaError_t launchAddBias(float* out, const float* bias, int rows, int stride, int tokens,
                          cudaStream_t stream)
{
    addBias<<<dim3((rows + kThreads - 1) / kThreads, tokens), kThreads, 0, stream>>>(out, bias, rows, stride);
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
