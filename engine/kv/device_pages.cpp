#include "engine/kv/device_pages.h"

#include <algorithm>

namespace lectern {

DevicePages::DevicePages(LayerPlan plan, int kvHeads, std::uint64_t pageBytes, int chunkTokens)
    : m_plan(std::move(plan)), m_kvHeads(kvHeads), m_pageBytes(pageBytes),
      m_chunkPages(static_cast<int>(pagesFor(chunkTokens)) + 1)
{
    for (int layer = 0; layer < m_plan.layerCount(); ++layer) {
        m_layers.emplace_back();
        for (const HeadPattern& pattern : m_plan.layers[std::size_t(layer)])
            m_layers.back().heads.push_back({pattern, {}, 0, 0});
        if (!m_plan.isFullLayer(layer))
            m_scratchPages = std::int64_t{m_chunkPages} * kvHeads;
    }
}

std::int64_t DevicePages::grow(std::int64_t context)
{
    if (context <= m_context)
        return m_poolPages;
    const auto stride = static_cast<int>(pagesFor(context));
    std::vector<std::int32_t> table(m_layers.size() * std::size_t(m_kvHeads) * std::size_t(stride), -1);
    for (std::size_t row = 0; row * std::size_t(stride) < table.size(); ++row)
        std::copy_n(m_table.begin() + std::ptrdiff_t(row) * m_stride, m_stride,
                    table.begin() + std::ptrdiff_t(row) * stride);
    m_table = std::move(table);
    m_stride = stride;
    // New slots follow all old ones: the old scratch is empty between chunks.
    std::int64_t next = m_poolPages - (m_poolPages > 0 ? m_scratchPages : 0);
    for (Layer& layer : m_layers) {
        for (Head& head : layer.heads) {
            const std::int64_t missing = pageBudget(head.pattern, context).total() - head.slots;
            for (std::int64_t i = missing; i-- > 0;)
                head.free.push_back(static_cast<std::int32_t>(next + i));
            head.slots += missing;
            next += missing;
        }
    }
    m_poolPages = next + m_scratchPages;
    m_context = context;
    m_changed = true;
    return m_poolPages;
}

void DevicePages::own(int layer, int head, std::int64_t page)
{
    std::int32_t& slot = entry(layer, head, page);
    auto& free = headOf(layer, head).free;
    if (slot >= 0 || free.empty())
        return;
    slot = free.back();
    free.pop_back();
    m_changed = true;
}

void DevicePages::forgetBefore(int layer, int head, std::int64_t nextQuery)
{
    Head& pages = headOf(layer, head);
    const std::int64_t firstSeen = windowBegin(pages.pattern, nextQuery) / kPageTokens;
    for (; pages.forgotten < firstSeen; ++pages.forgotten) {
        std::int32_t& slot = entry(layer, head, pages.forgotten);
        if (slot < 0 || pageIsKept(pages.pattern, pages.forgotten))
            continue;
        pages.free.push_back(slot);
        slot = -1;
    }
}

void DevicePages::lendOrOwn(int layer, int head)
{
    const HeadPattern& pattern = headOf(layer, head).pattern;
    for (std::int64_t page = firstChunkPage(); page <= lastChunkPage(); ++page) {
        if (entry(layer, head, page) >= 0)
            continue;
        if (pageIsKept(pattern, page))
            own(layer, head, page);
        else
            entry(layer, head, page) = scratchPage(head, page);
    }
}

// After the chunk: what left the window makes room for what of the chunk stays.
void DevicePages::planMoves(int layer, int head)
{
    const std::int64_t next = m_position + m_chunk;
    const std::int64_t firstSeen = windowBegin(headOf(layer, head).pattern, next) / kPageTokens;
    const auto isLent = [&](std::int64_t page) {
        return entry(layer, head, page) == scratchPage(head, page);
    };
    for (std::int64_t page = firstChunkPage(); page <= lastChunkPage() && page < firstSeen; ++page)
        if (isLent(page))
            entry(layer, head, page) = -1;
    forgetBefore(layer, head, next);
    for (std::int64_t page = std::max(firstChunkPage(), firstSeen); page <= lastChunkPage(); ++page) {
        if (!isLent(page))
            continue;
        entry(layer, head, page) = -1;
        own(layer, head, page);
        m_moves.push_back({scratchPage(head, page), entry(layer, head, page)});
    }
}

void DevicePages::beginChunk(int tokens)
{
    m_chunk = tokens;
    m_moves.clear();
    const int layers = m_plan.layerCount();
    for (int layer = 0; layer < layers; ++layer) {
        m_layers[std::size_t(layer)].firstMove = m_layers[std::size_t(layer)].moveCount = 0;
        for (int head = 0; head < m_kvHeads; ++head) {
            if (tokens > 1) {
                lendOrOwn(layer, head);
            } else if (entry(layer, head, firstChunkPage()) < 0) {
                // A single token needs only its own page: what left the window makes room.
                forgetBefore(layer, head, m_position);
                own(layer, head, firstChunkPage());
            }
        }
    }
    if (tokens == 1)
        return;
    m_changed = true;
    m_chunkTable = m_table;
    for (int layer = 0; layer < layers; ++layer) {
        Layer& l = m_layers[std::size_t(layer)];
        l.firstMove = m_moves.size();
        for (int head = 0; head < m_kvHeads; ++head)
            planMoves(layer, head);
        l.moveCount = m_moves.size() - l.firstMove;
    }
}

void DevicePages::endChunk()
{
    m_changed |= m_chunk > 1; // the chunk's table is out of date
    m_position += m_chunk;
    m_chunk = 0;
}

bool DevicePages::rewind(std::int64_t position)
{
    const int layers = m_plan.layerCount();
    for (int layer = 0; layer < layers; ++layer)
        for (int head = 0; head < m_kvHeads; ++head) {
            const std::int64_t first = windowBegin(headOf(layer, head).pattern, position) / kPageTokens;
            for (std::int64_t page = first; page < pagesFor(position); ++page)
                if (entry(layer, head, page) < 0)
                    return false;
        }
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = 0; head < m_kvHeads; ++head) {
            Head& pages = headOf(layer, head);
            for (std::int64_t page = pagesFor(position); page < m_stride; ++page) {
                std::int32_t& slot = entry(layer, head, page);
                if (slot >= 0)
                    pages.free.push_back(slot);
                slot = -1;
            }
            pages.forgotten = std::min(pages.forgotten, windowBegin(pages.pattern, position) / kPageTokens);
        }
    }
    m_position = position;
    m_changed = true;
    return true;
}

KvUsage DevicePages::usage() const
{
    KvUsage usage;
    usage.position = m_position;
    usage.context = m_context;
    for (int layer = 0; layer < m_plan.layerCount(); ++layer) {
        KvLayerUsage row;
        row.layer = layer;
        row.kind = m_plan.layerKind(layer);
        for (const Head& head : m_layers[std::size_t(layer)].heads) {
            const PageBudget budget = pageBudget(head.pattern, m_context);
            const std::int64_t used = head.slots - static_cast<std::int64_t>(head.free.size());
            row.bytes[static_cast<int>(keptClass(head.pattern))] += std::uint64_t(budget.kept) * m_pageBytes;
            row.bytes[static_cast<int>(HeadClass::Window)] += std::uint64_t(budget.window) * m_pageBytes;
            row.usedBytes += std::uint64_t(used) * m_pageBytes;
            row.tokens = std::max(row.tokens, std::min(m_position, used * kPageTokens));
            row.windowBegin = std::max(row.windowBegin, windowBegin(head.pattern, m_position));
        }
        usage.bytes += row.totalBytes();
        usage.layers.push_back(std::move(row));
    }
    usage.fullAttentionBytes =
        std::uint64_t(m_plan.layerCount() * m_kvHeads) * std::uint64_t(pagesFor(m_context)) * m_pageBytes;
    return usage;
}

} // namespace lectern
