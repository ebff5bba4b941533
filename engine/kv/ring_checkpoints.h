// Copies of what the rings of a KV cache held at chosen positions, so that the text can go back exactly: to
// such a position, or to any other whose window the copies and the rings still cover together. Sinks, strided
// pages and full heads are never forgotten and need no copy. Checkpoints near each other share the pages they
// have in common. Bounded in bytes. Belongs to the thread of the cache; the columns handed out are immutable
// values.
#pragma once

#include "engine/base/aligned_buffer.h"
#include "engine/kv/kv_cache.h"
#include "engine/kv/page_columns.h"

#include <map>
#include <memory>

namespace lectern {

// Ring pages of one page number, copied; immutable.
struct RingColumn {
    std::int64_t page = 0;
    std::int64_t takenAt = 0; // owners are ringOwners(plan, page, takenAt)
    std::int64_t validTo = 0; // holds the tokens of the page before this position
    PageOwners owners;
    std::vector<std::size_t> offsets; // of each owner's page in `bytes`
    std::shared_ptr<const AlignedBuffer> bytes;
};

// What a checkpoint is worth: where memory runs short, those of lower kind go first.
enum class CheckpointKind : std::uint8_t { Periodic, Turn, Document };

struct CheckpointMark {
    std::int64_t position = 0;
    CheckpointKind kind = CheckpointKind::Periodic;
    bool operator==(const CheckpointMark&) const = default;
};

class RingCheckpoints {
public:
    // The copies' bytes stay within `bytes`, but one checkpoint is always kept.
    void setBudget(std::uint64_t bytes) { m_budget = bytes; }
    // Copies the rings at the cache's position. False where there was no memory for it: nothing changes.
    bool take(const KvCache& cache, CheckpointKind kind);
    // The furthest position at or before `wanted` that rewind() can go to; 0 is always one.
    std::int64_t rewindTarget(const KvCache& cache, std::int64_t wanted) const;
    // Goes back to such a position. Checkpoints of text that is gone go with it.
    void rewind(KvCache& cache, std::int64_t target);
    // The same for a cache whose rings are all among the copies.
    std::int64_t reachable(const LayerPlan& plan, std::int64_t wanted) const;
    void clear();
    // Puts one back that was written to a file.
    void adoptMark(const CheckpointMark& mark);
    void adoptColumn(RingColumn column) { m_columns.emplace(column.page, std::move(column)); }

    const std::vector<CheckpointMark>& marks() const { return m_marks; }                 // ascending
    const std::multimap<std::int64_t, RingColumn>& columns() const { return m_columns; } // by page
    std::uint64_t bytes() const;
    // The copy of a page good for going on at `position`, or nullptr.
    const std::byte* find(PageOwner owner, std::int64_t page, std::int64_t position) const;

private:
    PageCopies copiesFor(std::int64_t position) const;
    bool covers(const LayerPlan& plan, std::int64_t position) const;
    const RingColumn* shared(std::int64_t page, std::int64_t validTo, const PageOwners& owners) const;
    void forgetAfter(std::int64_t position);
    void keepWithinBudget(const LayerPlan& plan);

    std::vector<CheckpointMark> m_marks;
    std::multimap<std::int64_t, RingColumn> m_columns;
    std::uint64_t m_budget = ~std::uint64_t{0};
};

} // namespace lectern
