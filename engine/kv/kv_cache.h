// The hybrid KV cache: full heads keep every page, sparse heads their sink or strided pages and a ring.
// All memory is taken in create() and grow(); reading a text allocates nothing. What usage() reports is exactly what was
// allocated. One thread at a time; several threads may write different KV heads of the layer being computed.
//
// A chunk of n tokens goes through
//   beginChunk(n), then for every layer { write for each token and head, <attention> }, then endChunk().
// Until endChunk() every head shows the pages that the chunk's queries may need: nothing is forgotten, and pages of the
// chunk that a sparse head may not keep stand in a scratch, so a ring is never larger than its window and a chunk that is
// given up half-way (abandonChunk) leaves the cache as it was.
#pragma once

#include "engine/base/aligned_buffer.h"
#include "engine/kv/head_pages.h"
#include "engine/kv/page_budget.h"
#include "engine/kv/page_columns.h"
#include "engine/telemetry/kv_usage.h"

#include <functional>
#include <memory>
#include <string>

namespace lectern {

// A copy of a page that a ring no longer holds, or nullptr.
using PageCopies = std::function<const std::byte*(PageOwner owner, std::int64_t page)>;

class KvCache {
    using size_t = std::size_t;

public:
    // `chunkTokens`: the longest chunk. OutOfMemory if the plan does not fit.
    static Result<std::unique_ptr<KvCache>> create(const LayerPlan& plan, const KvShape& shape, const KvTypes& types,
                                                   std::int64_t context, int chunkTokens);

    // Makes room for `context` tokens; what is cached stays. Between requests only.
    Status grow(std::int64_t context);
    std::int64_t context() const { return m_context; }
    std::int64_t position() const { return m_position; } // tokens cached
    // Forgets everything; memory stays.
    void clear();
    // Goes back to the first `position` tokens (at most position()). Where a ring has already overwritten what the next
    // query would need, `copies` is asked for the page; false, and nothing changes, where it has none either.
    bool rewind(std::int64_t position, const PageCopies& copies = {});
    bool canRewind(std::int64_t position, const PageCopies& copies = {}) const;
    // Filling an empty cache from elsewhere: every page that a text of `position` tokens needs is put in, then settle()
    // makes them the cache's text. False, and the cache is empty, where a page is missing or there is no room.
    bool putPage(PageOwner owner, std::int64_t page, std::span<const std::byte> bytes);
    bool settle(std::int64_t position);

    // What is appended from now on up to position `end` is text that is read; after it come single tokens.
    void beginReading(std::int64_t end);
    void beginChunk(int tokens); // 1..chunkTokens
    // Token `index` of the chunk; key after RoPE, headDim floats each.
    void write(int layer, int kvHead, int index, const float* key, const float* value);
    void endChunk();
    // Undoes beginChunk after a cancel: the chunk can be computed again later.
    void abandonChunk();

    const HeadPages& head(int layer, int kvHead) const { return m_layers[size_t(layer)].heads[size_t(kvHead)]; }
    // The memory of a page, nullptr where it is not kept; its size.
    const std::byte* page(PageOwner owner, std::int64_t page) const
    {
        return head(owner.layer, owner.head).table()[size_t(page)];
    }
    size_t pageBytes(PageOwner owner) const { return head(owner.layer, owner.head).pageBytes(); }
    const KvLayouts& layouts() const { return m_layouts; } // each head knows its own
    const LayerPlan& plan() const { return m_plan; }
    const KvShape& shape() const { return m_shape; }
    KvUsage usage() const;
    std::uint64_t scratchBytes() const; // beside usage().bytes

private:
    struct Layer {
        std::vector<HeadPages> heads;
        std::vector<AlignedBuffer> memory; // one a grow()
        AlignedBuffer scratch;             // scratchKvBytes(); empty where every head is full
        std::uint64_t bytes[kHeadClassCount]{};
    };

    // Calls visit(owner, page) for each page that going back to `position` misses, until one gives false.
    template <typename Visit> bool eachLost(std::int64_t position, Visit&& visit) const;
    KvCache(LayerPlan plan, const KvShape& shape, const KvTypes& types);
    Status growLayer(Layer& layer, std::int64_t context);
    bool isLent(const Layer& layer, const HeadPages& head, std::int64_t page) const;
    std::int64_t firstChunkPage() const { return m_position / kPageTokens; }
    std::int64_t lastChunkPage() const { return (m_position + m_chunk - 1) / kPageTokens; }

    LayerPlan m_plan;
    KvShape m_shape;
    KvLayouts m_layouts;
    std::vector<Layer> m_layers;
    std::int64_t m_context = 0;
    std::int64_t m_position = 0;
    int m_chunkTokens = 0;
    int m_chunk = 0;
};

} // namespace lectern
