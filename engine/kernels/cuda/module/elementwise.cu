#include "engine/kernels/cuda/module/elementwise.cuh"

#include "engine/kernels/cuda/module/split_input.cuh"

#include <cfloat>

namespace lectern::cuda {

namespace {

constexpr int kThreads = 256;

unsigned blocksFor(std::size_t count)
{
    return unsigned((count + kThreads - 1) / kThreads);
}

__device__ __half toFiniteHalf(float x)
{
    return __float2half_rn(fminf(fmaxf(x, -65504.0f), 65504.0f));
}

__device__ float blockSum(float value)
{
    __shared__ float parts[kThreads / 32];
    for (int step = 16; step > 0; step /= 2)
        value += __shfl_xor_sync(0xffffffffu, value, step);
    __syncthreads(); // the parts of an earlier sum are read
    if (threadIdx.x % 32 == 0)
        parts[threadIdx.x / 32] = value;
    __syncthreads();
    float sum = 0;
    for (const float part : parts)
        sum += part;
    return sum;
}

__global__ void __launch_bounds__(kThreads) normRow(const NormParams p)
{
    const std::size_t row = std::size_t(blockIdx.x) * p.width;
    const float* x = p.x + row;
    float mean = 0;
    if (p.layerNorm) {
        for (int i = threadIdx.x; i < p.width; i += kThreads)
            mean += x[i];
        mean = blockSum(mean) / p.width;
    }
    float squares = 0;
    for (int i = threadIdx.x; i < p.width; i += kThreads)
        squares += (x[i] - mean) * (x[i] - mean);
    const float factor = 1.0f / sqrtf(blockSum(squares) / p.width + p.epsilon);
    for (int i = threadIdx.x; i < p.width; i += kThreads) {
        const float value = (x[i] - mean) * factor * p.weight[i] + (p.bias ? p.bias[i] : 0.0f);
        if (p.outHalf)
            p.outHalf[row + i] = toFiniteHalf(value);
        else if (p.outFloat)
            p.outFloat[row + i] = value;
        else
            p.addTo[row + i] += value;
        if (p.outSplit) // the width is a multiple of 32 then, and warps are whole
            storeSplit(value, std::size_t(i), std::size_t(p.width), p.outSplit);
    }
}

__device__ float silu(float x)
{
    return x / (1.0f + __expf(-x));
}

__device__ float gelu(float x)
{
    const float twice = 2.0f * 0.79788456f * (x + 0.044715f * x * x * x);
    return x / (1.0f + __expf(-twice));
}

__device__ float activated(int kind, const float* gateUp, int width, std::size_t at)
{
    if (kind == 2)
        return gelu(gateUp[at]);
    const std::size_t from = at / width * (2 * std::size_t(width)) + at % width;
    const float gate = gateUp[from];
    return (kind == 0 ? silu(gate) : gelu(gate)) * gateUp[from + width];
}

__global__ void activateAll(int kind, const float* gateUp, __half* out, std::byte* outSplit, int width,
                            std::size_t count)
{
    const std::size_t at = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (at >= count)
        return;
    const float value = activated(kind, gateUp, width, at);
    out[at] = toFiniteHalf(value);
    if (outSplit) // as in normRow
        storeSplit(value, at, std::size_t(width), outSplit);
}

__global__ void toHalfAll(const float* x, __half* out, std::size_t count)
{
    const std::size_t at = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (at < count)
        out[at] = toFiniteHalf(x[at]);
}

__global__ void addAll(float* x, const float* y, std::size_t count)
{
    const std::size_t at = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (at < count)
        x[at] += y[at];
}

__global__ void softcapAll(float* x, float cap, std::size_t count)
{
    const std::size_t at = std::size_t(blockIdx.x) * kThreads + threadIdx.x;
    if (at < count)
        x[at] = cap * tanhf(x[at] / cap);
}

__global__ void __launch_bounds__(1024) argmaxOne(const float* x, int count, std::int32_t* out)
{
    __shared__ float bestValues[32];
    __shared__ int bestPlaces[32];
    float best = -FLT_MAX;
    int place = 0x7fffffff;
    const auto take = [&](float value, int where) {
        if (value > best || (value == best && where < place)) {
            best = value;
            place = where;
        }
    };
    for (int i = threadIdx.x; i < count; i += 1024)
        take(x[i], i);
    const auto reduce = [&] {
        for (int step = 16; step > 0; step /= 2) {
            const float value = __shfl_xor_sync(0xffffffffu, best, step);
            const int where = __shfl_xor_sync(0xffffffffu, place, step);
            take(value, where);
        }
    };
    reduce();
    if (threadIdx.x % 32 == 0) {
        bestValues[threadIdx.x / 32] = best;
        bestPlaces[threadIdx.x / 32] = place;
    }
    __syncthreads();
    if (threadIdx.x < 32) {
        best = bestValues[threadIdx.x];
        place = bestPlaces[threadIdx.x];
        reduce();
        if (threadIdx.x == 0)
            *out = place < count ? place : 0;
    }
}

__global__ void advanceOne(std::int32_t* value, int by)
{
    *value += by;
}

__global__ void movePage(const uint4* from, uint4* to, int pieces, const std::int32_t* pairs)
{
    const uint4* source = from + std::size_t(pairs[2 * blockIdx.x]) * pieces;
    uint4* target = to + std::size_t(pairs[2 * blockIdx.x + 1]) * pieces;
    for (int i = threadIdx.x; i < pieces; i += blockDim.x)
        target[i] = source[i];
}

} // namespace

cudaError_t launchNorm(const NormParams& params, int tokens, cudaStream_t stream)
{
    normRow<<<tokens, kThreads, 0, stream>>>(params);
    return cudaGetLastError();
}

cudaError_t launchActivate(int kind, const float* gateUp, __half* out, std::byte* outSplit, int tokens,
                           int width, cudaStream_t stream)
{
    const std::size_t count = std::size_t(tokens) * width;
    activateAll<<<blocksFor(count), kThreads, 0, stream>>>(kind, gateUp, out, outSplit, width, count);
    return cudaGetLastError();
}

cudaError_t launchToHalf(const float* x, __half* out, std::size_t count, cudaStream_t stream)
{
    toHalfAll<<<blocksFor(count), kThreads, 0, stream>>>(x, out, count);
    return cudaGetLastError();
}

cudaError_t launchAdd(float* x, const float* y, std::size_t count, cudaStream_t stream)
{
    addAll<<<blocksFor(count), kThreads, 0, stream>>>(x, y, count);
    return cudaGetLastError();
}

cudaError_t launchSoftcap(float* x, float cap, std::size_t count, cudaStream_t stream)
{
    softcapAll<<<blocksFor(count), kThreads, 0, stream>>>(x, cap, count);
    return cudaGetLastError();
}

cudaError_t launchArgmax(const float* x, int count, std::int32_t* out, cudaStream_t stream)
{
    argmaxOne<<<1, 1024, 0, stream>>>(x, count, out);
    return cudaGetLastError();
}

cudaError_t launchAdvance(std::int32_t* value, int by, cudaStream_t stream)
{
    advanceOne<<<1, 1, 0, stream>>>(value, by);
    return cudaGetLastError();
}

cudaError_t launchMovePages(const void* fromPool, void* toPool, int pageBytes, const std::int32_t* pairs,
                            int count, cudaStream_t stream)
{
    movePage<<<count, kThreads, 0, stream>>>(static_cast<const uint4*>(fromPool), static_cast<uint4*>(toPool),
                                             pageBytes / 16, pairs);
    return cudaGetLastError();
}

} // namespace lectern::cuda
