#include "engine/kernels/cuda/head_pattern.h"

namespace lectern {

namespace {

constexpr std::int64_t kFar = 1 << 30; // beyond every position, and sums of it with one still fit 32 bits

std::int32_t bounded(std::int64_t value)
{
    return static_cast<std::int32_t>(std::min(value, kFar));
}

LecternCudaHead headOf(const FullPattern&)
{
    return {1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0};
}

LecternCudaHead headOf(const SinkWindowPattern& p)
{
    const auto pages = bounded((p.sink + LECTERN_CUDA_PAGE - 1) / LECTERN_CUDA_PAGE);
    return {bounded(p.block), bounded(p.windowBlocks), 0, bounded(p.sink), bounded(kFar), 0, pages,
            bounded(kFar), 0, 0, 0, 0};
}

LecternCudaHead headOf(const StridedBlocksPattern& p)
{
    const std::int64_t begin = (p.stride - p.phase) % p.stride * p.block;
    const std::int64_t period = p.stride * p.block;
    LecternCudaHead head{
        bounded(p.block), bounded(p.local), bounded(begin), bounded(p.block), bounded(period), 0, 1, 1, 0, 0, 0, 0};
    // Blocks that are no whole pages can lie anywhere: then every page is looked at, and the mask decides.
    if (p.block % LECTERN_CUDA_PAGE == 0) {
        head.firstPage = bounded(begin / LECTERN_CUDA_PAGE);
        head.runPages = bounded(p.block / LECTERN_CUDA_PAGE);
        head.periodPages = bounded(period / LECTERN_CUDA_PAGE);
    }
    return head;
}

LecternCudaHead headOf(const SinkChunkPattern& p)
{
    LecternCudaHead head = headOf(SinkWindowPattern{p.sink, 1, 1});
    head.chunk = bounded(p.chunk);
    head.recent = bounded(p.recent);
    head.readBegin = bounded(p.readBegin);
    head.readEnd = bounded(p.readEnd);
    return head;
}

} // namespace

LecternCudaHead deviceHead(const HeadPattern& pattern)
{
    return std::visit([](const auto& p) { return headOf(p); }, pattern);
}

} // namespace lectern
