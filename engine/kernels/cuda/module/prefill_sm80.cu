// Prefill attention for every GPU since Ampere, in the structure of FlashAttention-2 (arXiv 2307.08691): a
// block of query rows, 16 a warp, walks the pages; values are fetched while scores are computed, the next
// keys while values are multiplied.
#include "engine/kernels/cuda/module/attention_params.cuh"
#include "engine/kernels/cuda/module/mma.cuh"
#include "engine/kernels/cuda/module/softmax.cuh"

namespace lectern::cuda {

namespace {

template <int D> struct Block80 {
    static constexpr int kWarps = D > 128 ? 4 : 8;
    static constexpr int kRows = 16 * kWarps;
    static constexpr int kQueryPages = kRows / kPage;
    static constexpr int kSharedBytes = (kQueryPages + 2) * PageLayout<D>::kBytes;
};

template <int Bytes, int Threads> __device__ void copyPageAsync(std::uint32_t to, const std::byte* from)
{
#pragma unroll
    for (int at = 0; at < Bytes / 16 / Threads; ++at) {
        const int byte = (at * Threads + int(threadIdx.x)) * 16;
        copyAsync16(to + byte, from + byte);
    }
}

template <int D>
__device__ void multiplyPageKeys(float (&scores)[32], std::uint32_t queries, int row, std::uint32_t keys,
                                 int lane)
{
    using Fragments = PageFragments<D>;
#pragma unroll
    for (float& score : scores)
        score = 0;
#pragma unroll
    for (int step = 0; step < D / 16; ++step) {
        std::uint32_t a[4];
        Fragments::rows(a, queries, row, step, lane);
#pragma unroll
        for (int key = 0; key < kPage; key += 16) {
            std::uint32_t b[4];
            Fragments::keys(b, keys, key, step, lane);
            multiply(scores + key / 2, a, b[0], b[1]);
            multiply(scores + key / 2 + 4, a, b[2], b[3]);
        }
    }
}

template <int D>
__device__ void multiplyPageValues(float (&out)[D / 2], const float (&scores)[32], std::uint32_t values,
                                   int lane)
{
#pragma unroll
    for (int key = 0; key < kPage; key += 16) {
        const float* s = scores + key / 2;
        const std::uint32_t a[4] = {packHalves(s[0], s[1]), packHalves(s[2], s[3]), packHalves(s[4], s[5]),
                                    packHalves(s[6], s[7])};
#pragma unroll
        for (int column = 0; column < D; column += 16) {
            std::uint32_t b[4];
            PageFragments<D>::values(b, values, key, column, lane);
            multiply(out + column / 2, a, b[0], b[1]);
            multiply(out + column / 2 + 4, a, b[2], b[3]);
        }
    }
}

template <int D>
__device__ void storeRows(const AttentionParams& p, const float (&out)[D / 2], const SoftmaxRows& softmax,
                          int kvHead, int firstRow, int lane)
{
#pragma unroll
    for (int r = 0; r < 2; ++r) {
        const int row = firstRow + 8 * r;
        if (row >= p.rows())
            continue;
        const float inverse = 1.0f / softmax.sum[r];
        __half* to = p.outRow(kvHead, row);
#pragma unroll
        for (int i = 0; i < D / 8; ++i) {
            const int column = 8 * i + lane % 4 * 2;
            if (column < p.headDim)
                *reinterpret_cast<__half2*>(to + column) =
                    __floats2half2_rn(out[4 * i + 2 * r] * inverse, out[4 * i + 2 * r + 1] * inverse);
        }
    }
}

template <int D> __global__ void __launch_bounds__(Block80<D>::kWarps * 32) prefill80(const AttentionParams p)
{
    using Layout = PageLayout<D>;
    using Block = Block80<D>;
    constexpr int kThreads = Block::kWarps * 32;
    extern __shared__ __align__(1024) std::uint8_t memory[];
    const auto queries = static_cast<std::uint32_t>(__cvta_generic_to_shared(memory));
    const std::uint32_t keys = queries + Block::kQueryPages * Layout::kBytes;
    const std::uint32_t values = keys + Layout::kBytes;
    const int kvHead = blockIdx.y, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int firstRow = (gridDim.x - 1 - blockIdx.x) * Block::kRows;
    const int position = *p.position;
    const int firstQuery = position + firstRow / p.group;
    const int lastQuery = position + min(firstRow + Block::kRows - 1, p.rows() - 1) / p.group;
    const LecternCudaHead head = p.heads[kvHead];
    const PageSequence sequence(head, firstQuery, lastQuery);
    const int lastWindow = windowBegin(head, lastQuery);
    const std::int32_t* table = p.pageTable + std::size_t(kvHead) * p.tableStride;
    const auto pageOf = [&](int index) {
        return p.pool + std::size_t(max(0, table[sequence.page(index)])) * (2 * Layout::kBytes);
    };
    const RowPair rows = rowPairOf(head, position, firstRow + warp * 16 + lane / 4, p.group);
    const float scaleLog2 = p.softcap > 0 ? kLog2E : p.scale * kLog2E;
    const std::uint32_t ownQueries = queries + warp / 4 * Layout::kBytes;

    copyPageAsync<Block::kQueryPages * Layout::kBytes, kThreads>(
        queries, p.queries + (std::size_t(kvHead) * p.queryPages() + firstRow / kPage) * Layout::kBytes);
    copyPageAsync<Layout::kBytes, kThreads>(keys, pageOf(0));
    copyCommit();
    SoftmaxRows softmax;
    float out[D / 2];
#pragma unroll
    for (float& value : out)
        value = 0;
#pragma unroll 1
    for (int index = 0; index < sequence.count(); ++index) {
        copyWait<0>();
        __syncthreads();
        copyPageAsync<Layout::kBytes, kThreads>(values, pageOf(index) + Layout::kBytes);
        copyCommit();
        float scores[32];
        multiplyPageKeys<D>(scores, ownQueries, warp % 4 * 16, keys, lane);
        if (p.softcap > 0)
            capScores(scores, p.scale, p.softcap);
        const int page = sequence.page(index);
        if (index >= sequence.localCount() || page * kPage + kPage - 1 > firstQuery ||
            page * kPage < lastWindow)
            maskPage<32>(scores, head, rows, page, lane);
        float fix[2];
        softmax.absorb(scores, scaleLog2, fix);
#pragma unroll
        for (int i = 0; i < D / 2; ++i)
            out[i] *= fix[i / 2 % 2];
        copyWait<0>();
        __syncthreads();
        if (index + 1 < sequence.count()) {
            copyPageAsync<Layout::kBytes, kThreads>(keys, pageOf(index + 1));
            copyCommit();
        }
        multiplyPageValues<D>(out, scores, values, lane);
    }
    softmax.finish();
    storeRows<D>(p, out, softmax, kvHead, firstRow + warp * 16 + lane / 4, lane);
}

template <int D> cudaError_t launch(const AttentionParams& p, cudaStream_t stream)
{
    using Block = Block80<D>;
    const auto error =
        cudaFuncSetAttribute(prefill80<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, Block::kSharedBytes);
    if (error != cudaSuccess)
        return error;
    const dim3 grid((p.tokens * p.group + Block::kRows - 1) / Block::kRows, p.kvHeads);
    prefill80<D><<<grid, Block::kWarps * 32, Block::kSharedBytes, stream>>>(p);
    return cudaGetLastError();
}

} // namespace

cudaError_t launchPrefill80(const AttentionParams& p, cudaStream_t stream)
{
    switch (paddedDim(p.headDim)) {
    case 64:
        return launch<64>(p, stream);
    case 96:
        return launch<96>(p, stream);
    case 128:
        return launch<128>(p, stream);
    default:
        return launch<256>(p, stream);
    }
}

} // namespace lectern::cuda
