// How many pages a head's pattern keeps alive: the one place that says what a plan costs. The KV cache allocates by it,
// `plan explain` and the memory estimate print it.
#pragma once

#include "engine/attention/layer_plan.h"
#include "engine/kv/kv_layouts.h"
#include "engine/telemetry/kv_usage.h"

namespace lectern {

// True if the page holds a key that every later query sees: it is never forgotten.
bool pageIsKept(const HeadPattern& pattern, std::int64_t page);

// The class that a head's never-forgotten pages count as.
HeadClass keptClass(const HeadPattern& pattern);

struct PageBudget {
    std::int64_t kept = 0;   // pages never forgotten (full attention, sinks, strided blocks)
    std::int64_t window = 0; // pages of the ring
    std::int64_t total() const { return kept + window; }
};

// The most pages the head needs at once while a text of `context` tokens is read and continued token by token.
PageBudget pageBudget(const HeadPattern& pattern, std::int64_t context);

struct KvShape {
    int kvHeads = 0;
    int headDim = 0;
};

// Bytes the cache allocates for one layer, and for a plan, at `context` tokens.
std::uint64_t layerKvBytes(const std::vector<HeadPattern>& heads, const KvLayouts& layouts, std::int64_t context);
std::uint64_t planKvBytes(const LayerPlan& plan, const KvLayouts& layouts, std::int64_t context);
// What full attention in every layer would take, in pages of `layout` (that of full heads).
std::uint64_t fullAttentionKvBytes(int layers, const KvShape& shape, const KvPageLayout& layout, std::int64_t context);

// Bytes of a layer's scratch: the pages that a chunk of so many tokens can touch, for every KV head; 0 where every head
// is full.
std::uint64_t scratchKvBytes(const std::vector<HeadPattern>& heads, const KvLayouts& layouts, int chunkTokens);
// Pages of one head's scratch.
inline std::int64_t scratchPages(int chunkTokens) { return pagesFor(chunkTokens) + 1; }

} // namespace lectern
