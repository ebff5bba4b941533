// Which pages of a device's pool hold what: the hybrid KV cache's bookkeeping where the pages themselves lie
// on a GPU. The same plan, the same budget and the same table of pages by (layer, KV head) as KvCache; pages
// are numbers here, and the moves that a chunk needs are handed out for the device to make.
//
// The pool: for each layer and head its own slots, and behind them one scratch for the chunk's pages that
// sparse heads may not keep. Layers are computed one after the other, so they share it: after a layer's
// attention its moves are made.
#pragma once

#include "engine/kv/page_budget.h"
#include "engine/telemetry/kv_usage.h"

#include <span>
#include <utility>

namespace lectern {

struct PageMove {
    std::int32_t from = 0, to = 0; // pages of the pool
};

class DevicePages {
public:
    // `chunkTokens`: the longest chunk. `pageBytes`: of a page of one KV head, on the device.
    DevicePages(LayerPlan plan, int kvHeads, std::uint64_t pageBytes, int chunkTokens);

    // Slots for `context` tokens in all; what was there stays at its place. Returns the pool's size in pages.
    std::int64_t grow(std::int64_t context);
    std::int64_t poolPages() const { return m_poolPages; }
    std::int64_t context() const { return m_context; }
    std::int64_t position() const { return m_position; }
    // Entries of a head's table.
    int tableStride() const { return m_stride; }
    // [layers][kvHeads][tableStride()]: page of the pool, -1 where there is none. Of the chunk, while there
    // is one.
    std::span<const std::int32_t> table() const { return m_chunk > 1 ? m_chunkTable : m_table; }
    // True once after the table has changed in a way that the device must learn of.
    bool takeChanged() { return std::exchange(m_changed, false); }

    bool rewind(std::int64_t position); // as KvCache's
    void clear() { rewind(0); }

    void beginChunk(int tokens);
    // Of all layers, in order; and where a layer's lie: they are to be made after its attention, before the
    // next layer's keys are written.
    std::span<const PageMove> moves() const { return m_moves; }
    std::pair<std::size_t, std::size_t> movesOf(int layer) const // first, count
    {
        const Layer& l = m_layers[std::size_t(layer)];
        return {l.firstMove, l.moveCount};
    }
    void endChunk();

    const LayerPlan& plan() const { return m_plan; }
    KvUsage usage() const;
    std::uint64_t scratchBytes() const { return std::uint64_t(m_scratchPages) * m_pageBytes; }

private:
    struct Head {
        HeadPattern pattern;
        std::vector<std::int32_t> free; // slots
        std::int64_t slots = 0;
        std::int64_t forgotten = 0; // pages below have been looked at
    };
    struct Layer {
        std::vector<Head> heads;
        std::size_t firstMove = 0, moveCount = 0;
    };

    std::int32_t& entry(int layer, int head, std::int64_t page)
    {
        return m_table[std::size_t(layer * m_kvHeads + head) * std::size_t(m_stride) + std::size_t(page)];
    }
    std::int32_t entry(int layer, int head, std::int64_t page) const
    {
        return const_cast<DevicePages*>(this)->entry(layer, head, page);
    }
    Head& headOf(int layer, int head) { return m_layers[std::size_t(layer)].heads[std::size_t(head)]; }
    void own(int layer, int head, std::int64_t page);
    void forgetBefore(int layer, int head, std::int64_t nextQuery);
    void lendOrOwn(int layer, int head);
    void planMoves(int layer, int head);
    std::int64_t firstChunkPage() const { return m_position / kPageTokens; }
    std::int64_t lastChunkPage() const { return (m_position + m_chunk - 1) / kPageTokens; }
    std::int32_t scratchPage(int head, std::int64_t page) const
    {
        return static_cast<std::int32_t>(m_poolPages - m_scratchPages + head * m_chunkPages + page -
                                         firstChunkPage());
    }

    LayerPlan m_plan;
    int m_kvHeads;
    std::uint64_t m_pageBytes;
    std::vector<Layer> m_layers;
    std::vector<std::int32_t> m_table, m_chunkTable;
    std::vector<PageMove> m_moves; // of all layers, in order
    std::int64_t m_context = 0, m_position = 0, m_poolPages = 0, m_scratchPages = 0;
    int m_chunkPages = 0, m_chunk = 0, m_stride = 0;
    bool m_changed = true;
};

} // namespace lectern
