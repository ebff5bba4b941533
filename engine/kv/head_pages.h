// The pages of one KV head: a table from page number to memory, and the free slots behind it. A full head keeps every
// page; a sparse head keeps its sink and strided pages and lends the others from a ring of slots that is reused as the
// window moves on.
#pragma once

#include "engine/attention/patterns.h"
#include "engine/kv/kv_page.h"

#include <span>
#include <vector>

namespace lectern {

class HeadPages {
public:
    HeadPages(HeadPattern pattern, const KvPageLayout& layout) : m_pattern(std::move(pattern)), m_layout(layout) {}

    const HeadPattern& pattern() const { return m_pattern; }
    const KvPageLayout& layout() const { return m_layout; }
    std::size_t pageBytes() const { return m_layout.pageBytes(); }
    // Entry p: the memory of tokens [64p, 64p + 64), or nullptr where nothing is kept.
    std::span<const std::byte* const> table() const { return m_table; }

    void addSlots(std::byte* memory, std::int64_t count);
    void reserveTable(std::int64_t pages) { m_table.resize(static_cast<std::size_t>(pages), nullptr); }

    // The text goes on: tokens [begin, end) are read, what comes after is written token by token. For patterns
    // whose chunks count from where reading began.
    void beginReading(std::int64_t begin, std::int64_t end);

    // A page to write tokens into: its own slot if it has one, a fresh slot otherwise.
    std::byte* ownPage(std::int64_t page);
    bool hasPage(std::int64_t page) const { return m_table[static_cast<std::size_t>(page)] != nullptr; }
    // Points a page at memory outside the slots (the scratch of a chunk) until moveIn() or forget().
    void lend(std::int64_t page, std::byte* memory) { m_table[static_cast<std::size_t>(page)] = memory; }
    // Copies a lent page into a slot of its own.
    void moveIn(std::int64_t page);
    // Takes a lent page out of the table; its content is lost.
    void drop(std::int64_t page) { m_table[static_cast<std::size_t>(page)] = nullptr; }
    // Frees the pages that no query at or after `nextQuery` sees. Lent pages among them must have been dropped.
    void forgetBefore(std::int64_t nextQuery);
    // Frees the pages that tokens at or after `position` alone have written: the text goes on from there.
    void rewind(std::int64_t position);
    // Frees everything: the text starts again.
    void clear() { rewind(0); }

    std::int64_t slotCount() const { return m_slots; }
    std::int64_t usedSlots() const { return m_slots - static_cast<std::int64_t>(m_free.size()); }

private:
    HeadPattern m_pattern;
    KvPageLayout m_layout;
    std::vector<const std::byte*> m_table;
    std::vector<std::byte*> m_free;
    std::int64_t m_slots = 0;
    std::int64_t m_forgotten = 0; // pages below this one have been looked at by forgetBefore()
};

} // namespace lectern
