#include "engine/kv/page_budget.h"

#include <algorithm>

namespace lectern {

bool pageIsKept(const HeadPattern& pattern, std::int64_t page)
{
    return nextKept(pattern, page * kPageTokens).begin < (page + 1) * kPageTokens;
}

HeadClass keptClass(const HeadPattern& pattern)
{
    if (isFull(pattern))
        return HeadClass::Full;
    return std::holds_alternative<StridedBlocksPattern>(pattern) ? HeadClass::Strided : HeadClass::Sink;
}

PageBudget pageBudget(const HeadPattern& pattern, std::int64_t context)
{
    PageBudget budget;
    if (isFull(pattern)) {
        budget.kept = pagesFor(context);
        return budget;
    }
    // Chunks may begin anywhere in a page, so the whole of one and what it sees before it may touch one page more.
    if (const auto* chunked = std::get_if<SinkChunkPattern>(&pattern)) {
        const std::int64_t pages = pagesFor(context);
        budget.kept = std::min(pages, pagesFor(chunked->sink));
        budget.window = std::min(pages - budget.kept, pagesFor(chunked->recent + chunked->chunk) + 1);
        return budget;
    }
    // Alive while page p is being written: every kept page up to p, and the pages its first query's window reaches.
    // `outside` counts the kept pages below the window, so that window pages which are kept are not counted twice.
    std::int64_t firstInWindow = 0;
    std::int64_t keptInWindow = 0;
    std::int64_t most = 0;
    for (std::int64_t page = 0; page < pagesFor(context); ++page) {
        const bool kept = pageIsKept(pattern, page);
        budget.kept += kept;
        keptInWindow += kept;
        const std::int64_t begin = windowBegin(pattern, page * kPageTokens) / kPageTokens;
        for (; firstInWindow < begin; ++firstInWindow)
            keptInWindow -= pageIsKept(pattern, firstInWindow);
        most = std::max(most, page - firstInWindow + 1 - keptInWindow);
    }
    budget.window = most;
    return budget;
}

std::uint64_t layerKvBytes(const std::vector<HeadPattern>& heads, const KvLayouts& layouts, std::int64_t context)
{
    std::uint64_t bytes = 0;
    for (const HeadPattern& head : heads)
        bytes += static_cast<std::uint64_t>(pageBudget(head, context).total()) * layouts.of(head).pageBytes();
    return bytes;
}

std::uint64_t planKvBytes(const LayerPlan& plan, const KvLayouts& layouts, std::int64_t context)
{
    std::uint64_t bytes = 0;
    for (const auto& heads : plan.layers)
        bytes += layerKvBytes(heads, layouts, context);
    return bytes;
}

std::uint64_t fullAttentionKvBytes(int layers, const KvShape& shape, const KvPageLayout& layout, std::int64_t context)
{
    return static_cast<std::uint64_t>(layers) * static_cast<std::uint64_t>(shape.kvHeads) *
           static_cast<std::uint64_t>(pagesFor(context)) * layout.pageBytes();
}

std::uint64_t scratchKvBytes(const std::vector<HeadPattern>& heads, const KvLayouts& layouts, int chunkTokens)
{
    if (std::all_of(heads.begin(), heads.end(), isFull))
        return 0;
    std::uint64_t pageBytes = 0;
    for (const HeadPattern& head : heads)
        pageBytes += layouts.of(head).pageBytes();
    return static_cast<std::uint64_t>(scratchPages(chunkTokens)) * pageBytes;
}

} // namespace lectern
