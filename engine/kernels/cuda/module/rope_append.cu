// After the query, key and value products: norms of heads, rotation, and everything put where attention wants
// it: queries in packed pages, keys and values into the cache.
#include "engine/kernels/cuda/module/elementwise.cuh"
#include "engine/kernels/cuda/module/page.cuh"

namespace lectern::cuda {

namespace {

constexpr int kWarps = 4;

// 1 / rms of the stretch of `width` numbers that the head lies in.
__device__ float inverseRms(const float* section, int head, int headDim, int width, float epsilon, int lane)
{
    const float* from = section + head * headDim / width * width;
    float squares = 0;
    for (int i = lane; i < width; i += 32)
        squares += from[i] * from[i];
    for (int step = 16; step > 0; step /= 2)
        squares += __shfl_xor_sync(0xffffffffu, squares, step);
    return 1.0f / sqrtf(squares / width + epsilon);
}

// Element `i` of a head after norm and rotation.
struct HeadReader {
    const float* x;      // the head
    const float* weight; // of the norm, or null
    float factor;
    const float* cosSin; // or null: no rotation
    int dimensions, neox;

    __device__ float normed(int i) const { return weight ? x[i] * factor * weight[i] : x[i]; }
    __device__ float at(int i) const
    {
        if (!cosSin || i >= dimensions)
            return normed(i);
        const int pairs = dimensions / 2;
        const int pair = neox ? i % pairs : i / 2;
        const bool second = neox ? i >= pairs : i % 2;
        const float c = cosSin[2 * pair], s = cosSin[2 * pair + 1];
        const float a = normed(neox ? pair : 2 * pair), b = normed(neox ? pair + pairs : 2 * pair + 1);
        return second ? a * s + b * c : a * c - b * s;
    }
};

__global__ void __launch_bounds__(kWarps * 32) ropeAppendHead(const LecternCudaRope p, int padded)
{
    const int token = blockIdx.x, slot = blockIdx.y * kWarps + threadIdx.x / 32, lane = threadIdx.x % 32;
    const int slots = p.heads + 2 * p.kvHeads;
    if (slot >= slots)
        return;
    const float* row = p.qkv + std::size_t(token) * slots * p.headDim;
    const bool isQuery = slot < p.heads, isKey = !isQuery && slot < p.heads + p.kvHeads;
    const float* section = isQuery ? row : row + p.heads * p.headDim;
    const int head = isQuery ? slot : slot - p.heads;
    const float* weight = isQuery ? p.queryNorm : isKey ? p.keyNorm : nullptr;
    const int width = isQuery ? p.queryNormWidth : p.keyNormWidth;
    HeadReader reader{section + head * p.headDim,
                      weight ? weight + head * p.headDim % width : nullptr,
                      weight ? inverseRms(section, head, p.headDim, width, p.epsilon, lane) : 1.0f,
                      isQuery || isKey ? p.cosSin + std::size_t(token) * p.dimensions : nullptr,
                      p.dimensions,
                      p.neox};
    const int halfBytes = kPage * padded * 2;
    std::byte* to;
    int at;
    if (isQuery) {
        const int group = p.heads / p.kvHeads, kvHead = head / group;
        const int packed = token * group + head % group;
        const int pages = (p.tokens * group + 2 * kPage - 1) / (2 * kPage) * 2;
        to = static_cast<std::byte*>(p.queries) + (std::size_t(kvHead) * pages + packed / kPage) * halfBytes;
        at = packed % kPage;
    } else {
        const int kvHead = isKey ? head : head - p.kvHeads;
        const int position = *p.position + token;
        const int page = p.pageTable[std::size_t(kvHead) * p.tableStride + position / kPage];
        if (page < 0)
            return;
        to = static_cast<std::byte*>(p.pool) + std::size_t(page) * 2 * halfBytes + (isKey ? 0 : halfBytes);
        at = position % kPage;
    }
    for (int i = lane; i < p.headDim; i += 32) {
        const int byte = padded == 64    ? PageLayout<64>::at(at, i)
                         : padded == 96  ? PageLayout<96>::at(at, i)
                         : padded == 128 ? PageLayout<128>::at(at, i)
                                         : PageLayout<256>::at(at, i);
        *reinterpret_cast<__half*>(to + byte) =
            __float2half_rn(fminf(fmaxf(reader.at(i), -65504.0f), 65504.0f));
    }
}

__global__ void anglesOf(const double* frequencies, int pairs, double magnitude, const std::int32_t* position,
                         float2* cosSin, int count)
{
    const int at = blockIdx.x * blockDim.x + threadIdx.x;
    if (at >= count)
        return;
    double sine, cosine;
    sincos(double(*position + at / pairs) * frequencies[at % pairs], &sine, &cosine);
    cosSin[at] = {float(magnitude * cosine), float(magnitude * sine)};
}

} // namespace

cudaError_t launchAngles(const double* frequencies, int pairs, double magnitude, const std::int32_t* position,
                         float* cosSin, int tokens, cudaStream_t stream)
{
    const int count = pairs * tokens;
    anglesOf<<<(count + 127) / 128, 128, 0, stream>>>(frequencies, pairs, magnitude, position,
                                                      reinterpret_cast<float2*>(cosSin), count);
    return cudaGetLastError();
}

cudaError_t launchRopeAppend(const LecternCudaRope& rope, cudaStream_t stream)
{
    const dim3 grid(rope.tokens, (rope.heads + 2 * rope.kvHeads + kWarps - 1) / kWarps);
    ropeAppendHead<<<grid, kWarps * 32, 0, stream>>>(rope, paddedDim(rope.headDim));
    return cudaGetLastError();
}

} // namespace lectern::cuda
