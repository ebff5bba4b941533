#include "tests/engine/kv/kv_shadow.h"

#include <set>

namespace lectern::test {

namespace {

// Whole numbers below 2048 are exact in f16.
float content(int layer, int head, std::int64_t position, int d, int version)
{
    std::uint64_t mixed = static_cast<std::uint64_t>(position);
    for (const int part : {layer, head, d, version})
        mixed = mixed * 131 + static_cast<std::uint64_t>(part) * 7919;
    return static_cast<float>(1 + mixed % 2039);
}

} // namespace

KvShadow::KvShadow(std::mt19937& random, std::int64_t context)
{
    for (int layer = 0; layer < kLayers; ++layer) {
        m_plan.layers.emplace_back();
        for (int head = 0; head < kKvHeads; ++head) {
            m_masks.push_back(randomCase(random));
            m_plan.layers.back().push_back(m_masks.back().pattern);
        }
    }
    m_cache = KvCache::create(m_plan, {kKvHeads, kHeadDim}, KvType::F16, context, kChunk).value();
}

void KvShadow::write(std::int64_t count, int layers)
{
    ++m_version;
    for (int layer = 0; layer < layers; ++layer) {
        for (int head = 0; head < kKvHeads; ++head) {
            for (int i = 0; i < count; ++i) {
                float key[kHeadDim], value[kHeadDim];
                for (int d = 0; d < kHeadDim; ++d) {
                    key[d] = content(layer, head, position() + i, d, m_version);
                    value[d] = -key[d];
                }
                m_cache->write(layer, head, i, key, value);
            }
        }
    }
}

std::string KvShadow::chunk(std::int64_t count, std::mt19937& random)
{
    m_cache->beginChunk(static_cast<int>(count));
    write(count, kLayers);
    const std::int64_t first = position();
    m_versions.resize(static_cast<std::size_t>(first + count), m_version);
    std::string wrong;
    for (const std::int64_t q : {first, first + count - 1, first + drawn(random, 0, count - 1)})
        if (wrong.empty())
            wrong = missing(q, q + 1);
    m_cache->endChunk();
    return wrong.empty() ? unsound() : wrong;
}

std::string KvShadow::stoppedChunk(std::int64_t count, int layers)
{
    m_cache->beginChunk(static_cast<int>(count));
    write(count, layers);
    m_cache->abandonChunk();
    return unsound();
}

std::string KvShadow::missing(std::int64_t q, std::int64_t end) const
{
    for (int layer = 0; layer < kLayers; ++layer) {
        for (int head = 0; head < kKvHeads; ++head) {
            const MaskCase& mask = m_masks[static_cast<std::size_t>(layer * kKvHeads + head)];
            for (std::int64_t k = 0; k < end; ++k)
                if (mask.keeps(q, k) && !holds(layer, head, k))
                    return mask.what + ", layer " + std::to_string(layer) + ": query " + std::to_string(q) +
                           " misses key " + std::to_string(k);
        }
    }
    return {};
}

std::string KvShadow::unsound() const
{
    if (m_cache->position() != position())
        return "position " + std::to_string(m_cache->position()) + " instead of " +
               std::to_string(position());
    std::set<const std::byte*> pages;
    for (int layer = 0; layer < kLayers; ++layer) {
        for (int head = 0; head < kKvHeads; ++head) {
            const HeadPages& kept = m_cache->head(layer, head);
            std::int64_t held = 0;
            for (const std::byte* page : kept.table()) {
                held += page != nullptr;
                if (page && !pages.insert(page).second)
                    return "two pages share their memory";
            }
            const std::int64_t budget = pageBudget(kept.pattern(), m_cache->context()).total();
            if (held != kept.usedSlots() || kept.slotCount() != budget)
                return std::to_string(held) + " pages held, " + std::to_string(kept.usedSlots()) + " of " +
                       std::to_string(kept.slotCount()) + " slots used, budget " + std::to_string(budget);
        }
    }
    return missing(position(), position());
}

bool KvShadow::holds(int layer, int head, std::int64_t k) const
{
    const std::byte* page = m_cache->head(layer, head).table()[static_cast<std::size_t>(k / kPageTokens)];
    if (!page)
        return false;
    const int slot = static_cast<int>(k % kPageTokens);
    float key[kHeadDim], value[kHeadDim];
    m_cache->head(layer, head).layout().loadKey(page, slot, key);
    m_cache->head(layer, head).layout().loadValue(page, slot, value);
    for (int d = 0; d < kHeadDim; ++d) {
        const float wanted = content(layer, head, k, d, m_versions[static_cast<std::size_t>(k)]);
        if (key[d] != wanted || value[d] != -wanted)
            return false;
    }
    return true;
}

} // namespace lectern::test
