// Prefill attention on Hopper, in the structure of FlashAttention-3 (arXiv 2407.08608): one producer warp
// feeds pages by bulk copies, two warpgroups of 64 query rows take turns on the tensor cores, and within each
// the scores of the next pages are computed while the softmax of the last ones runs.
#include "engine/kernels/cuda/module/attention_params.cuh"
#include "engine/kernels/cuda/module/hopper.cuh"
#include "engine/kernels/cuda/module/softmax.cuh"
#include "engine/kernels/cuda/module/wgmma.cuh"

namespace lectern::cuda {

namespace {

constexpr int kConsumers = 2; // warpgroups
constexpr int kThreads = 128 * (kConsumers + 1);
constexpr int kRows = 64 * kConsumers;
constexpr int kStages = 2;

template <int D> struct Shared90 {
    using Layout = PageLayout<D>;
    static constexpr int kTilePages = D > 128 ? 1 : 2;
    static constexpr int kKeys = kTilePages * kPage;
    static constexpr int kSlabStride = kKeys * Layout::kRowBytes; // of a tile
    static constexpr int kTileBytes = kKeys * D * 2;
    static constexpr int kKeysAt = kConsumers * Layout::kBytes;
    static constexpr int kValuesAt = kKeysAt + kStages * kTileBytes;
    static constexpr int kBarriersAt = kValuesAt + kStages * kTileBytes;
    static constexpr int kBytes = kBarriersAt + 128 + 1024; // the start is rounded up to 1024

    std::uint32_t base;
    __device__ std::uint32_t queries(int group) const { return base + group * Layout::kBytes; }
    __device__ std::uint32_t keys(int stage) const { return base + kKeysAt + stage * kTileBytes; }
    __device__ std::uint32_t values(int stage) const { return base + kValuesAt + stage * kTileBytes; }
    __device__ std::uint32_t queriesFull() const { return base + kBarriersAt; }
    __device__ std::uint32_t keysFull(int stage) const { return base + kBarriersAt + 8 + 8 * stage; }
    __device__ std::uint32_t valuesFull(int stage) const { return base + kBarriersAt + 24 + 8 * stage; }
    __device__ std::uint32_t keysFree(int stage) const { return base + kBarriersAt + 40 + 8 * stage; }
    __device__ std::uint32_t valuesFree(int stage) const { return base + kBarriersAt + 56 + 8 * stage; }
};

template <int D>
__device__ void copyPage(const Shared90<D>&, std::uint32_t tile, int slot, const std::byte* page,
                         std::uint32_t barrier)
{
    using Layout = PageLayout<D>;
#pragma unroll
    for (int slab = 0; slab < Layout::kSlabs; ++slab)
        bulkCopy(tile + slab * Shared90<D>::kSlabStride + slot * Layout::kSlabBytes,
                 page + slab * Layout::kSlabBytes, Layout::kSlabBytes, barrier);
}

template <int D>
__device__ void produce(const AttentionParams& p, const Shared90<D>& shared, const PageSequence& sequence,
                        int kvHead, int firstRow)
{
    using Layout = PageLayout<D>;
    using S = Shared90<D>;
    barrierExpect(shared.queriesFull(), kConsumers * Layout::kBytes);
    const std::byte* queries =
        p.queries + (std::size_t(kvHead) * p.queryPages() + firstRow / kPage) * Layout::kBytes;
    bulkCopy(shared.queries(0), queries, kConsumers * Layout::kBytes, shared.queriesFull());
    const std::int32_t* table = p.pageTable + std::size_t(kvHead) * p.tableStride;
    const int last = sequence.count() - 1;
    for (int tile = 0; tile * S::kTilePages <= last; ++tile) {
        const int stage = tile % kStages;
        const std::uint32_t freeParity = (tile / kStages & 1) ^ 1;
        const std::byte* pages[S::kTilePages];
#pragma unroll
        for (int slot = 0; slot < S::kTilePages; ++slot) {
            const int page = sequence.page(min(tile * S::kTilePages + slot, last));
            pages[slot] = p.pool + std::size_t(max(0, table[page])) * (2 * Layout::kBytes);
        }
        barrierWait(shared.keysFree(stage), freeParity);
        barrierExpect(shared.keysFull(stage), S::kTileBytes);
#pragma unroll
        for (int slot = 0; slot < S::kTilePages; ++slot)
            copyPage(shared, shared.keys(stage), slot, pages[slot], shared.keysFull(stage));
        barrierWait(shared.valuesFree(stage), freeParity);
        barrierExpect(shared.valuesFull(stage), S::kTileBytes);
#pragma unroll
        for (int slot = 0; slot < S::kTilePages; ++slot)
            copyPage(shared, shared.values(stage), slot, pages[slot] + Layout::kBytes,
                     shared.valuesFull(stage));
    }
}

// What of a tile of pages some query of the block may not see.
template <int D>
__device__ bool needsMask(const PageSequence& sequence, int tile, int firstQuery, int lastWindow)
{
    bool mask = false;
#pragma unroll
    for (int slot = 0; slot < Shared90<D>::kTilePages; ++slot) {
        const int index = tile * Shared90<D>::kTilePages + slot;
        if (index >= sequence.localCount())
            return true;
        const int begin = sequence.page(index) * kPage;
        mask |= begin + kPage - 1 > firstQuery || begin < lastWindow;
    }
    return mask;
}

template <int D> class Consumer {
    using S = Shared90<D>;
    using Layout = PageLayout<D>;
    static constexpr int kScores = S::kKeys / 2;

public:
    __device__ Consumer(const AttentionParams& params, const Shared90<D>& s, const PageSequence& pages,
                        const LecternCudaHead& head, int kvHead, int firstRow, int firstQuery, int lastQuery)
        : m_params(params), m_shared(s), m_sequence(pages), m_head(head), m_group(threadIdx.x / 128 - 1),
          m_lane(threadIdx.x % 32), m_row(firstRow + m_group * 64 + threadIdx.x % 128 / 32 * 16 + m_lane / 4),
          m_kvHead(kvHead), m_firstQuery(firstQuery), m_lastWindow(windowBegin(head, lastQuery)),
          m_rows(rowPairOf(head, *params.position, m_row, params.group)),
          m_scaleLog2(params.softcap > 0 ? kLog2E : params.scale * kLog2E)
    {
    }

    __device__ void run()
    {
        float out[D / 2];
        float fix[2];
        std::uint32_t probabilities[kScores / 4][2];
        const int tiles = (m_sequence.count() + S::kTilePages - 1) / S::kTilePages;
        if (m_group == 1)
            namedArrive(1, 256); // the first group begins
        barrierWait(m_shared.queriesFull(), 0);
        {
            float scores[kScores];
            barrierWait(m_shared.keysFull(0), 0);
            wgmmaFence();
            multiplyKeys(scores, 0);
            wgmmaCommit();
            wgmmaWait<0>();
            release(m_shared.keysFree(0));
            finishScores(scores, 0, fix);
            pack(scores, probabilities);
        }
#pragma unroll 1
        for (int tile = 1; tile < tiles; ++tile) {
            const int stage = tile % kStages, before = (tile - 1) % kStages;
            float scores[kScores];
            barrierWait(m_shared.keysFull(stage), tile / kStages & 1);
            namedSync(1 + m_group, 256);
            wgmmaFence();
            multiplyKeys(scores, stage);
            wgmmaCommit();
            barrierWait(m_shared.valuesFull(before), (tile - 1) / kStages & 1);
            multiplyValues(out, probabilities, before, tile == 1);
            wgmmaCommit();
            namedArrive(2 - m_group, 256);
            wgmmaWait<1>();
            release(m_shared.keysFree(stage));
            finishScores(scores, tile, fix);
            wgmmaWait<0>();
            release(m_shared.valuesFree(before));
#pragma unroll
            for (int i = 0; i < D / 2; ++i)
                out[i] *= fix[i / 2 % 2];
            pack(scores, probabilities);
        }
        const int stage = (tiles - 1) % kStages;
        barrierWait(m_shared.valuesFull(stage), (tiles - 1) / kStages & 1);
        wgmmaFence();
        multiplyValues(out, probabilities, stage, tiles == 1);
        wgmmaCommit();
        wgmmaWait<0>();
        store(out);
    }

private:
    __device__ void multiplyKeys(float (&scores)[kScores], int stage) const
    {
#pragma unroll
        for (int step = 0; step < D / 16; ++step) {
            const int slab = step * 16 / Layout::kSpan;
            const int inside = step * 16 % Layout::kSpan * 2;
            Wgmma<S::kKeys>::keys(
                scores,
                operandOf<Layout::kRowBytes>(m_shared.queries(m_group) + slab * Layout::kSlabBytes + inside,
                                             16),
                operandOf<Layout::kRowBytes>(m_shared.keys(stage) + slab * S::kSlabStride + inside, 16),
                step == 0);
        }
    }

    __device__ void multiplyValues(float (&out)[D / 2], const std::uint32_t (&probabilities)[kScores / 4][2],
                                   int stage, bool fresh) const
    {
#pragma unroll
        for (int step = 0; step < S::kKeys / 16; ++step) {
            const std::uint32_t a[4] = {probabilities[2 * step][0], probabilities[2 * step][1],
                                        probabilities[2 * step + 1][0], probabilities[2 * step + 1][1]};
            const std::uint32_t from = m_shared.values(stage) + step * 16 * Layout::kRowBytes;
            Wgmma<D>::values(out, a, operandOf<Layout::kRowBytes>(from, S::kSlabStride), fresh && step == 0);
        }
    }

    __device__ void finishScores(float (&scores)[kScores], int tile, float (&fix)[2])
    {
        if (m_params.softcap > 0)
            capScores(scores, m_params.scale, m_params.softcap);
        if (needsMask<D>(m_sequence, tile, m_firstQuery, m_lastWindow))
#pragma unroll
            for (int slot = 0; slot < S::kTilePages; ++slot) {
                const int index = tile * S::kTilePages + slot;
                const int page = index < m_sequence.count() ? m_sequence.page(index) : -1;
                maskPage<32>(scores + 32 * slot, m_head, m_rows, page, m_lane);
            }
        m_softmax.absorb(scores, m_scaleLog2, fix);
    }

    static __device__ void pack(const float (&scores)[kScores],
                                std::uint32_t (&probabilities)[kScores / 4][2])
    {
#pragma unroll
        for (int i = 0; i < kScores / 4; ++i)
            for (int r = 0; r < 2; ++r)
                probabilities[i][r] = packHalves(scores[4 * i + 2 * r], scores[4 * i + 2 * r + 1]);
    }

    __device__ void release(std::uint32_t barrier) const
    {
        if (m_lane == 0)
            barrierArrive(barrier);
    }

    __device__ void store(const float (&out)[D / 2])
    {
        m_softmax.finish();
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            const int row = m_row + 8 * r;
            if (row >= m_params.rows())
                continue;
            const float inverse = 1.0f / m_softmax.sum[r];
            __half* to = m_params.outRow(m_kvHead, row);
#pragma unroll
            for (int i = 0; i < D / 8; ++i) {
                const int column = 8 * i + m_lane % 4 * 2;
                if (column < m_params.headDim)
                    *reinterpret_cast<__half2*>(to + column) =
                        __floats2half2_rn(out[4 * i + 2 * r] * inverse, out[4 * i + 2 * r + 1] * inverse);
            }
        }
    }

    const AttentionParams& m_params;
    const Shared90<D>& m_shared;
    const PageSequence& m_sequence;
    const LecternCudaHead& m_head;
    int m_group, m_lane, m_row, m_kvHead, m_firstQuery, m_lastWindow;
    RowPair m_rows;
    float m_scaleLog2;
    SoftmaxRows m_softmax;
};

template <int D>
__global__ void __launch_bounds__(kThreads, 1) prefill90(const __grid_constant__ AttentionParams p)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ std::uint8_t memory[];
    const Shared90<D> shared{(sharedAddress(memory) + 1023) / 1024 * 1024};
    const int kvHead = blockIdx.y;
    const int firstRow = (gridDim.x - 1 - blockIdx.x) * kRows; // late queries see the most: first
    const int position = *p.position;
    const int firstQuery = position + firstRow / p.group;
    const int lastQuery = position + min(firstRow + kRows - 1, p.rows() - 1) / p.group;
    const LecternCudaHead head = p.heads[kvHead];
    const PageSequence sequence(head, firstQuery, lastQuery);
    if (threadIdx.x == 0) {
        barrierInit(shared.queriesFull(), 1);
        for (int stage = 0; stage < kStages; ++stage) {
            barrierInit(shared.keysFull(stage), 1);
            barrierInit(shared.valuesFull(stage), 1);
            barrierInit(shared.keysFree(stage), kConsumers * 4);
            barrierInit(shared.valuesFree(stage), kConsumers * 4);
        }
        asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
        if (threadIdx.x == 0)
            produce<D>(p, shared, sequence, kvHead, firstRow);
    } else {
        asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
        Consumer<D>(p, shared, sequence, head, kvHead, firstRow, firstQuery, lastQuery).run();
    }
#endif
}

template <int D> cudaError_t launch(const AttentionParams& p, cudaStream_t stream)
{
    const auto error =
        cudaFuncSetAttribute(prefill90<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, Shared90<D>::kBytes);
    if (error != cudaSuccess)
        return error;
    const int rows = p.tokens * p.group;
    const dim3 grid((rows + kRows - 1) / kRows, p.kvHeads);
    prefill90<D><<<grid, kThreads, Shared90<D>::kBytes, stream>>>(p);
    return cudaGetLastError();
}

} // namespace

cudaError_t launchPrefill90(const AttentionParams& p, cudaStream_t stream)
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
