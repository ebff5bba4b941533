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
#include "engine/telemetry/kv_usage.h"

#include <memory>
#include <string>

namespace lectern {

class KvCache {
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
    // Goes back to the first `position` tokens (at most position()). False, and nothing changes, where a ring has
    // already overwritten what the next query would need.
    bool rewind(std::int64_t position);

    // What is appended from now on up to position `end` is text that is read; after it come single tokens.
    void beginReading(std::int64_t end);
    void beginChunk(int tokens); // 1..chunkTokens
    // Token `index` of the chunk; key after RoPE, headDim floats each.
    void write(int layer, int kvHead, int index, const float* key, const float* value);
    void endChunk();
    // Undoes beginChunk after a cancel: the chunk can be computed again later.
    void abandonChunk();

    const HeadPages& head(int layer, int kvHead) const { return m_layers[size_t(layer)].heads[size_t(kvHead)]; }
    const KvLayouts& layouts() const { return m_layouts; } // each head knows its own
    const LayerPlan& plan() const { return m_plan; }
    const KvShape& shape() const { return m_shape; }
    KvUsage usage() const;
    std::uint64_t scratchBytes() const; // beside usage().bytes

private:
    using size_t = std::size_t;
    struct Layer {
        std::vector<HeadPages> heads;
        std::vector<AlignedBuffer> memory; // one a grow()
        AlignedBuffer scratch;             // scratchKvBytes(); empty where every head is full
        std::uint64_t bytes[kHeadClassCount]{};
    };

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
