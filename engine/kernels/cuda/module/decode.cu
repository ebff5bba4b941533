// Attention of a few queries over many keys, at memory speed: the pages of a KV head are dealt to blocks
// (split KV), the keys of a page to the block's warps, and every key is read once for all query heads that
// share it. The parts are put together by their maxima and sums (arXiv 2311.01282).
#include "engine/kernels/cuda/module/attention_params.cuh"
#include "engine/kernels/cuda/module/mma.cuh"
#include "engine/kernels/cuda/module/softmax.cuh"
#include "engine/kernels/cuda/module/split_input.cuh"

namespace lectern::cuda {

namespace {

constexpr int kWarps = 4;
constexpr int kRows = 16; // of a block: queries times heads of the group
constexpr int kWarpKeys = kPage / kWarps;

// Each warp has its own ring of shared memory: its 16 rows of every slab of keys and values. Offsets within
// look like those of a page, 16 rows long.
template <int D, int Stages> struct Ring {
    using Layout = PageLayout<D>;
    static constexpr int kPieceBytes = kWarpKeys * Layout::kRowBytes; // of a slab
    static constexpr int kHalfBytes = Layout::kSlabs * kPieceBytes;   // keys or values
    static constexpr int kStageBytes = 2 * kHalfBytes;
    static constexpr int kSharedBytes = kWarps * Stages * kStageBytes;

    // 16 rows of a page, at row 16 * warp (a multiple of 8: the turn of the pieces is the same).
    static __device__ void fetch(std::uint32_t to, const std::byte* page, int warp, int lane)
    {
#pragma unroll
        for (int part = 0; part < 2 * Layout::kSlabs; ++part)
#pragma unroll
            for (int byte = 0; byte < kPieceBytes; byte += 512)
                copyAsync16(to + part * kPieceBytes + byte + lane * 16,
                            page + part * Layout::kSlabBytes + warp * kPieceBytes + byte + lane * 16);
    }
    static __device__ std::uint32_t at(std::uint32_t half, int row, int column)
    {
        return half + column / Layout::kSpan * kPieceBytes + Layout::pieceAt(row, column % Layout::kSpan / 8);
    }
};

template <int D>
__device__ void loadQueries(std::uint32_t (&queries)[D / 16][4], const AttentionParams& p, int kvHead,
                            int firstRow, int lane)
{
    using Layout = PageLayout<D>;
    const std::byte* page =
        p.queries + (std::size_t(kvHead) * p.queryPages() + firstRow / kPage) * Layout::kBytes;
    const int row = firstRow % kPage + lane / 4;
#pragma unroll
    for (int step = 0; step < D / 16; ++step)
#pragma unroll
        for (int i = 0; i < 4; ++i)
            queries[step][i] = *reinterpret_cast<const std::uint32_t*>(
                page + Layout::at(row + i % 2 * 8, step * 16 + i / 2 * 8 + lane % 4 * 2));
}

// The scores of the warp's 16 keys: 2 fragments of 8 keys.
template <int D, int Stages>
__device__ void scoresOf(float (&scores)[8], const std::uint32_t (&queries)[D / 16][4], std::uint32_t keys,
                         int lane)
{
#pragma unroll
    for (float& score : scores)
        score = 0;
#pragma unroll
    for (int step = 0; step < D / 16; ++step) {
        std::uint32_t b[4];
        loadMatrix(b, Ring<D, Stages>::at(keys, lane % 8 + lane / 16 * 8, step * 16 + lane / 8 % 2 * 8));
        multiply(scores, queries[step], b[0], b[1]);
        multiply(scores + 4, queries[step], b[2], b[3]);
    }
}

__device__ inline void maskKeys(float (&scores)[8], const LecternCudaHead& head, const RowPair& rows,
                                int firstKey, int lane)
{
    const std::uint32_t kept =
        __ballot_sync(0xffffffffu, lane < kWarpKeys && inKeptRun(head, firstKey + lane));
#pragma unroll
    for (int i = 0; i < 8; ++i) {
        const int column = i / 4 * 8 + lane % 4 * 2 + i % 2;
        const int key = firstKey + column, r = i / 2 % 2;
        if (key > rows.query[r] || (key < rows.window[r] && !(kept >> column & 1)))
            scores[i] = -INFINITY;
    }
}

// Which part of which head a block has.
struct Share {
    int kvHead, index, count;
};

__device__ inline Share shareOf(const AttentionParams& p, int part)
{
    if (!p.splitStarts)
        return {part / p.splits, part % p.splits, p.splits};
    int head = 0;
    for (int first = 0; first < p.kvHeads; first += 32) {
        const int at = first + int(threadIdx.x % 32);
        head += __popc(__ballot_sync(0xffffffffu, at < p.kvHeads && p.splitStarts[at + 1] <= part));
    }
    return {head, part - p.splitStarts[head], p.splitStarts[head + 1] - p.splitStarts[head]};
}

// Puts the warps' parts together and writes the block's.
template <int D>
__device__ void storePart(const AttentionParams& p, float (&out)[D / 2], SoftmaxRows& softmax, float* memory,
                          int firstRow)
{
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    softmax.finish();
    float* maxima = memory + kWarps * kRows * D; // [kWarps][kRows]
    float* sums = maxima + kWarps * kRows;
    __syncthreads(); // the rings are free
#pragma unroll
    for (int i = 0; i < D / 2; ++i)
        memory[(warp * kRows + lane / 4 + i / 2 % 2 * 8) * D + i / 4 * 8 + lane % 4 * 2 + i % 2] = out[i];
    if (lane % 4 == 0)
        for (int r = 0; r < 2; ++r) {
            maxima[warp * kRows + lane / 4 + 8 * r] = softmax.maximum[r];
            sums[warp * kRows + lane / 4 + 8 * r] = softmax.sum[r];
        }
    __syncthreads();
    const float scaleLog2 = p.softcap > 0 ? kLog2E : p.scale * kLog2E;
    const int rows = min(kRows, p.rows() - firstRow);
    const std::size_t part = std::size_t(blockIdx.x) * p.rows() + firstRow;
    for (int at = threadIdx.x; at < rows * D; at += kWarps * 32) {
        const int row = at / D, column = at % D;
        float maximum = -INFINITY;
        for (int w = 0; w < kWarps; ++w)
            maximum = fmaxf(maximum, maxima[w * kRows + row]);
        float value = 0, sum = 0;
        for (int w = 0; w < kWarps && maximum > -INFINITY; ++w) {
            const float weight = exp2Fast((maxima[w * kRows + row] - maximum) * scaleLog2);
            value += weight * memory[(w * kRows + row) * D + column];
            sum += weight * sums[w * kRows + row];
        }
        p.partials[(part + row) * D + column] = value;
        if (column == 0) {
            p.partialSums[(part + row) * 2] = maximum * scaleLog2;
            p.partialSums[(part + row) * 2 + 1] = sum;
        }
    }
}

template <int D, int Stages>
__global__ void __launch_bounds__(kWarps * 32) decodePart(const AttentionParams p)
{
    using Layout = PageLayout<D>;
    using R = Ring<D, Stages>;
    extern __shared__ __align__(1024) std::uint8_t memory[];
    const Share share = shareOf(p, blockIdx.x);
    const int kvHead = share.kvHead, firstRow = blockIdx.y * kRows;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int position = *p.position;
    const int lastRow = min(firstRow + kRows, p.rows()) - 1;
    const LecternCudaHead head = p.heads[kvHead];
    const PageSequence sequence(head, position + firstRow / p.group, position + lastRow / p.group);
    const int begin = int(std::int64_t(sequence.count()) * share.index / share.count);
    const int end = int(std::int64_t(sequence.count()) * (share.index + 1) / share.count);
    const std::int32_t* table = p.pageTable + std::size_t(kvHead) * p.tableStride;
    const std::uint32_t ring =
        static_cast<std::uint32_t>(__cvta_generic_to_shared(memory)) + warp * Stages * R::kStageBytes;
    const auto fetch = [&](int index) {
        if (index < end) {
            const int page = max(0, table[sequence.page(index)]);
            R::fetch(ring + index % Stages * R::kStageBytes,
                     p.pool + std::size_t(page) * (2 * Layout::kBytes), warp, lane);
        }
        copyCommit();
    };
#pragma unroll
    for (int ahead = 0; ahead < Stages - 1; ++ahead)
        fetch(begin + ahead);
    std::uint32_t queries[D / 16][4];
    loadQueries<D>(queries, p, kvHead, firstRow, lane);
    const RowPair rows = rowPairOf(head, position, firstRow + lane / 4, p.group);
    const float scaleLog2 = p.softcap > 0 ? kLog2E : p.scale * kLog2E;
    SoftmaxRows softmax;
    float out[D / 2];
#pragma unroll
    for (float& value : out)
        value = 0;
#pragma unroll 1
    for (int index = begin; index < end; ++index) {
        __syncwarp();
        fetch(index + Stages - 1);
        copyWait<Stages - 1>();
        __syncwarp();
        const std::uint32_t keys = ring + index % Stages * R::kStageBytes;
        float scores[8], fix[2];
        scoresOf<D, Stages>(scores, queries, keys, lane);
        if (p.softcap > 0)
            capScores(scores, p.scale, p.softcap);
        maskKeys(scores, head, rows, sequence.page(index) * kPage + warp * kWarpKeys, lane);
        softmax.absorb(scores, scaleLog2, fix);
        const std::uint32_t a[4] = {packHalves(scores[0], scores[1]), packHalves(scores[2], scores[3]),
                                    packHalves(scores[4], scores[5]), packHalves(scores[6], scores[7])};
#pragma unroll
        for (int i = 0; i < D / 2; ++i)
            out[i] *= fix[i / 2 % 2];
#pragma unroll
        for (int column = 0; column < D; column += 16) {
            std::uint32_t b[4];
            loadMatrixTransposed(b, R::at(keys + R::kHalfBytes, lane % 16, column + lane / 16 * 8));
            multiply(out + column / 2, a, b[0], b[1]);
            multiply(out + column / 2 + 4, a, b[2], b[3]);
        }
    }
    copyWait<0>();
    storePart<D>(p, out, softmax, reinterpret_cast<float*>(memory), firstRow);
}

constexpr int kMergeGroups = 4; // each takes every fourth part
constexpr int kMostSplits = 1024;

// One block a row and KV head.
template <int D> __global__ void __launch_bounds__(D* kMergeGroups) decodeMerge(const AttentionParams p)
{
    __shared__ float weights[kMostSplits];
    __shared__ float sums[kMergeGroups][D];
    __shared__ float total;
    const int row = blockIdx.x, kvHead = blockIdx.y, column = threadIdx.x % D, group = threadIdx.x / D;
    const int first = p.splitStarts ? p.splitStarts[kvHead] : kvHead * p.splits;
    const int splits = p.splitStarts ? p.splitStarts[kvHead + 1] - first : p.splits;
    const auto part = [&](int split) { return std::size_t(first + split) * p.rows() + row; };
    if (threadIdx.x < 32) {
        float maximum = -INFINITY, sum = 0;
        for (int split = threadIdx.x; split < splits; split += 32)
            maximum = fmaxf(maximum, p.partialSums[part(split) * 2]);
        for (int step = 16; step > 0; step /= 2)
            maximum = fmaxf(maximum, __shfl_xor_sync(0xffffffffu, maximum, step));
        for (int split = threadIdx.x; split < splits; split += 32) {
            weights[split] = exp2Fast(p.partialSums[part(split) * 2] - maximum);
            sum += weights[split] * p.partialSums[part(split) * 2 + 1];
        }
        for (int step = 16; step > 0; step /= 2)
            sum += __shfl_xor_sync(0xffffffffu, sum, step);
        if (threadIdx.x == 0)
            total = sum;
    }
    __syncthreads();
    float value = 0;
#pragma unroll 4
    for (int split = group; split < splits; split += kMergeGroups)
        value += weights[split] * p.partials[part(split) * D + column];
    sums[group][column] = value;
    __syncthreads();
    if (group != 0 || column >= p.headDim)
        return;
    for (int other = 1; other < kMergeGroups; ++other)
        value += sums[other][column];
    value /= total;
    p.outRow(kvHead, row)[column] = __float2half(value);
    if (p.outSplit)
        storeSplit(value, std::size_t(kvHead * p.group + row) * p.headDim + column,
                   std::size_t(p.group) * p.kvHeads * p.headDim, p.outSplit);
}

template <int D, int Stages> cudaError_t launch(const AttentionParams& p, cudaStream_t stream)
{
    using R = Ring<D, Stages>;
    constexpr int kMergeBytes = kWarps * kRows * (D + 2) * int(sizeof(float));
    constexpr int kBytes = R::kSharedBytes > kMergeBytes ? R::kSharedBytes : kMergeBytes;
    const auto error =
        cudaFuncSetAttribute(decodePart<D, Stages>, cudaFuncAttributeMaxDynamicSharedMemorySize, kBytes);
    if (error != cudaSuccess)
        return error;
    const int rows = p.tokens * p.group;
    decodePart<D, Stages><<<dim3(p.parts, (rows + kRows - 1) / kRows), kWarps * 32, kBytes, stream>>>(p);
    decodeMerge<D><<<dim3(rows, p.kvHeads), D * kMergeGroups, 0, stream>>>(p);
    return cudaGetLastError();
}

} // namespace

// 96 KiB of shared memory a block, so that two share a multiprocessor where it has 200 and one where it
// has 99.
cudaError_t launchDecode(const AttentionParams& p, cudaStream_t stream)
{
    switch (paddedDim(p.headDim)) {
    case 64:
        return launch<64, 6>(p, stream);
    case 96:
        return launch<96, 4>(p, stream);
    case 128:
        return launch<128, 3>(p, stream);
    default:
        return launch<256, 1>(p, stream);
    }
}

} // namespace lectern::cuda
