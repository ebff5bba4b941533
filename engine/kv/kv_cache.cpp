#include "engine/kv/kv_cache.h"

#include <algorithm>
#include <cstring>

namespace lectern {

KvCache::KvCache(LayerPlan plan, const KvShape& shape, const KvTypes& types)
    : m_plan(std::move(plan)), m_shape(shape), m_layouts(types, shape.headDim)
{
    for (const auto& heads : m_plan.layers) {
        Layer layer;
        for (const HeadPattern& pattern : heads)
            layer.heads.emplace_back(pattern, m_layouts.of(pattern));
        m_layers.push_back(std::move(layer));
    }
}

Result<std::unique_ptr<KvCache>> KvCache::create(const LayerPlan& plan, const KvShape& shape, const KvTypes& types,
                                                 std::int64_t context, int chunkTokens)
{
    std::unique_ptr<KvCache> cache(new KvCache(plan, shape, types));
    cache->m_chunkTokens = chunkTokens;
    for (int i = 0; i < plan.layerCount(); ++i) {
        auto scratch = AlignedBuffer::allocate(scratchKvBytes(plan.layers[size_t(i)], cache->m_layouts, chunkTokens),
                                               "the chunk's keys and values");
        if (!scratch)
            return failed(scratch);
        cache->m_layers[size_t(i)].scratch = std::move(*scratch);
    }
    if (auto grown = cache->grow(context); !grown)
        return failed(grown);
    return cache;
}

Status KvCache::growLayer(Layer& layer, std::int64_t context)
{
    std::vector<std::int64_t> missing;
    std::size_t total = 0;
    for (const HeadPages& head : layer.heads) {
        missing.push_back(pageBudget(head.pattern(), context).total() - head.slotCount());
        total += size_t(missing.back()) * head.pageBytes();
    }
    auto memory = AlignedBuffer::allocate(total, "the KV cache");
    if (!memory)
        return failed(memory);
    std::byte* next = memory->data();
    for (std::uint64_t& bytes : layer.bytes)
        bytes = 0;
    for (std::size_t i = 0; i < layer.heads.size(); ++i) {
        HeadPages& head = layer.heads[i];
        head.reserveTable(pagesFor(context));
        head.addSlots(next, missing[i]);
        next += static_cast<std::size_t>(missing[i]) * head.pageBytes();
        const PageBudget budget = pageBudget(head.pattern(), context);
        layer.bytes[static_cast<int>(keptClass(head.pattern()))] += static_cast<std::uint64_t>(budget.kept) * head.pageBytes();
        layer.bytes[static_cast<int>(HeadClass::Window)] += static_cast<std::uint64_t>(budget.window) * head.pageBytes();
    }
    layer.memory.push_back(std::move(*memory));
    return {};
}

Status KvCache::grow(std::int64_t context)
{
    if (context <= m_context)
        return {};
    for (Layer& layer : m_layers)
        if (auto grown = growLayer(layer, context); !grown)
            return grown;
    m_context = context;
    return {};
}

void KvCache::clear()
{
    for (Layer& layer : m_layers)
        for (HeadPages& head : layer.heads)
            head.clear();
    m_position = 0;
    m_chunk = 0;
}

template <typename Visit> bool KvCache::eachLost(std::int64_t position, Visit&& visit) const
{
    for (size_t layer = 0; layer < m_layers.size(); ++layer)
        for (size_t head = 0; head < m_layers[layer].heads.size(); ++head) {
            const HeadPages& pages = m_layers[layer].heads[head];
            const PageOwner owner{static_cast<std::int32_t>(layer), static_cast<std::int32_t>(head)};
            for (std::int64_t page = windowBegin(pages.pattern(), position) / kPageTokens; page < pagesFor(position);
                 ++page)
                if (!pages.hasPage(page) && !visit(owner, page))
                    return false;
        }
    return true;
}

bool KvCache::canRewind(std::int64_t position, const PageCopies& copies) const
{
    return eachLost(position, [&](PageOwner owner, std::int64_t page) { return copies && copies(owner, page); });
}

bool KvCache::rewind(std::int64_t position, const PageCopies& copies)
{
    struct Lost {
        PageOwner owner;
        std::int64_t page;
        const std::byte* copy;
    };
    std::vector<Lost> lost;
    const bool covered = eachLost(position, [&](PageOwner owner, std::int64_t page) {
        lost.push_back({owner, page, copies ? copies(owner, page) : nullptr});
        return lost.back().copy != nullptr;
    });
    if (!covered)
        return false;
    for (Layer& layer : m_layers)
        for (HeadPages& head : layer.heads)
            head.rewind(position);
    m_position = position;
    // The rings were made for any position of the text, so there is a slot for each.
    for (const Lost& entry : lost)
        putPage(entry.owner, entry.page, {entry.copy, pageBytes(entry.owner)});
    return true;
}

void KvCache::beginReading(std::int64_t end)
{
    for (Layer& layer : m_layers)
        for (HeadPages& head : layer.heads)
            head.beginReading(m_position, end);
}

bool KvCache::putPage(PageOwner owner, std::int64_t page, std::span<const std::byte> bytes)
{
    if (page < 0 || page >= pagesFor(m_context) || bytes.size() != pageBytes(owner))
        return false;
    std::byte* own = m_layers[size_t(owner.layer)].heads[size_t(owner.head)].ownPage(page);
    if (own)
        std::memcpy(own, bytes.data(), bytes.size());
    return own != nullptr;
}

bool KvCache::settle(std::int64_t position)
{
    bool whole = position <= m_context;
    for (size_t layer = 0; whole && layer < m_layers.size(); ++layer)
        for (const HeadPages& head : m_layers[layer].heads)
            for (std::int64_t page = 0; page < pagesFor(position); ++page)
                whole = whole && (head.hasPage(page) || (!pageIsKept(head.pattern(), page) &&
                                                         page < windowBegin(head.pattern(), position) / kPageTokens));
    if (!whole)
        clear();
    else
        m_position = position;
    return whole;
}

bool KvCache::isLent(const Layer& layer, const HeadPages& head, std::int64_t page) const
{
    const std::byte* memory = head.table()[size_t(page)];
    return memory >= layer.scratch.data() && memory < layer.scratch.data() + layer.scratch.size();
}

void KvCache::beginChunk(int tokens)
{
    m_chunk = tokens;
    for (Layer& layer : m_layers) {
        std::byte* scratch = layer.scratch.data();
        for (HeadPages& head : layer.heads) {
            // A single token needs only its own page: free what left the window, then there is a slot for it.
            if (tokens == 1)
                head.forgetBefore(m_position);
            for (std::int64_t page = firstChunkPage(); page <= lastChunkPage(); ++page) {
                if (tokens == 1 || head.hasPage(page) || pageIsKept(head.pattern(), page))
                    head.ownPage(page);
                else
                    head.lend(page, scratch + size_t(page - firstChunkPage()) * head.pageBytes());
            }
            if (layer.scratch.size() > 0)
                scratch += size_t(scratchPages(m_chunkTokens)) * head.pageBytes();
        }
    }
}

void KvCache::write(int layer, int kvHead, int index, const float* key, const float* value)
{
    const std::int64_t position = m_position + index;
    const HeadPages& head = m_layers[size_t(layer)].heads[size_t(kvHead)];
    auto* page = const_cast<std::byte*>(head.table()[size_t(position / kPageTokens)]);
    head.layout().store(page, static_cast<int>(position % kPageTokens), key, value);
}

void KvCache::endChunk()
{
    const std::int64_t next = m_position + m_chunk;
    for (Layer& layer : m_layers) {
        for (HeadPages& head : layer.heads) {
            const std::int64_t firstSeen = windowBegin(head.pattern(), next) / kPageTokens;
            for (std::int64_t page = firstChunkPage(); page <= lastChunkPage() && page < firstSeen; ++page)
                if (isLent(layer, head, page))
                    head.drop(page);
            head.forgetBefore(next);
            for (std::int64_t page = std::max(firstChunkPage(), firstSeen); page <= lastChunkPage(); ++page)
                if (isLent(layer, head, page))
                    head.moveIn(page);
        }
    }
    m_position = next;
    m_chunk = 0;
}

void KvCache::abandonChunk()
{
    for (Layer& layer : m_layers) {
        for (HeadPages& head : layer.heads) {
            for (std::int64_t page = firstChunkPage(); page <= lastChunkPage(); ++page)
                if (isLent(layer, head, page))
                    head.drop(page);
            head.rewind(m_position);
        }
    }
    m_chunk = 0;
}

std::uint64_t KvCache::scratchBytes() const
{
    std::uint64_t bytes = 0;
    for (const Layer& layer : m_layers)
        bytes += layer.scratch.size();
    return bytes;
}

KvUsage KvCache::usage() const
{
    KvUsage usage;
    usage.position = m_position;
    usage.context = m_context;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const Layer& layer = m_layers[i];
        KvLayerUsage row;
        row.layer = static_cast<std::int32_t>(i);
        row.kind = m_plan.layerKind(static_cast<int>(i));
        std::copy(std::begin(layer.bytes), std::end(layer.bytes), std::begin(row.bytes));
        for (const HeadPages& head : layer.heads) {
            row.usedBytes += static_cast<std::uint64_t>(head.usedSlots()) * head.pageBytes();
            row.tokens = std::max(row.tokens, std::min(m_position, head.usedSlots() * kPageTokens));
            row.windowBegin = std::max(row.windowBegin, windowBegin(head.pattern(), m_position));
        }
        for (const AlignedBuffer& memory : layer.memory)
            usage.bytes += memory.size();
        usage.layers.push_back(std::move(row));
    }
    usage.fullAttentionBytes =
        fullAttentionKvBytes(static_cast<int>(m_layers.size()), m_shape, m_layouts.full, m_context);
    return usage;
}

} // namespace lectern
