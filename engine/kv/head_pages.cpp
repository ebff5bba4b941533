#include "engine/kv/head_pages.h"

#include "engine/kv/page_budget.h"

#include <algorithm>
#include <cstring>

namespace lectern {

void HeadPages::addSlots(std::byte* memory, std::int64_t count)
{
    // Pushed in reverse, so that slots are handed out in ascending order of address.
    m_free.reserve(m_free.size() + static_cast<std::size_t>(count));
    for (std::int64_t i = count; i-- > 0;)
        m_free.push_back(memory + static_cast<std::size_t>(i) * pageBytes());
    m_slots += count;
}

void HeadPages::beginReading(std::int64_t begin, std::int64_t end)
{
    auto* chunked = std::get_if<SinkChunkPattern>(&m_pattern);
    if (!chunked)
        return;
    // What was stopped half-way goes on in its own chunks; a text from elsewhere begins where it stands.
    const bool goesOn = chunked->readBegin <= begin && begin < chunked->readEnd && chunked->readEnd != kNoPosition;
    if (!goesOn)
        chunked->readBegin = begin;
    chunked->readEnd = end;
}

std::byte* HeadPages::ownPage(std::int64_t page)
{
    const std::byte*& entry = m_table[static_cast<std::size_t>(page)];
    if (!entry && !m_free.empty()) {
        entry = m_free.back();
        m_free.pop_back();
    }
    return const_cast<std::byte*>(entry);
}

void HeadPages::moveIn(std::int64_t page)
{
    const std::byte* lent = m_table[static_cast<std::size_t>(page)];
    drop(page);
    if (std::byte* own = ownPage(page))
        std::memcpy(own, lent, pageBytes());
}

void HeadPages::forgetBefore(std::int64_t nextQuery)
{
    const std::int64_t firstSeen = windowBegin(m_pattern, nextQuery) / kPageTokens;
    for (; m_forgotten < firstSeen; ++m_forgotten) {
        const std::byte*& entry = m_table[static_cast<std::size_t>(m_forgotten)];
        if (!entry || pageIsKept(m_pattern, m_forgotten))
            continue;
        m_free.push_back(const_cast<std::byte*>(entry));
        entry = nullptr;
    }
}

void HeadPages::rewind(std::int64_t position)
{
    const auto first = static_cast<std::size_t>(pagesFor(position));
    for (std::size_t page = first; page < m_table.size(); ++page) {
        if (m_table[page])
            m_free.push_back(const_cast<std::byte*>(m_table[page]));
        m_table[page] = nullptr;
    }
    m_forgotten = std::min(m_forgotten, windowBegin(m_pattern, position) / kPageTokens);
}

} // namespace lectern
