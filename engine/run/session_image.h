// What a session's cache holds, as columns (engine/kv/page_columns.h), for writing it to a file while the
// session goes on, and for putting it back.
#pragma once

#include "engine/kv/ring_checkpoints.h"

#include <functional>
#include <mutex>

namespace lectern {

// The right to read the pages that a cache never forgets while its text only grows. Going back takes away the
// right to what is written anew. Any thread.
class PageLease {
public:
    // Copies bytes of a page that holds tokens before `validTo`; false once those have been given up.
    bool copy(std::span<const std::byte> from, std::byte* to, std::int64_t validTo);
    // What lies at or after `position` is about to change. Waits for at most one page's copying.
    void cutAt(std::int64_t position);

private:
    std::mutex m_mutex;
    std::int64_t m_validTo = INT64_MAX;
};

// Place of a column in a session: what a file records of it.
struct ColumnPlace {
    std::int64_t page = 0;
    std::int64_t takenAt = kKept; // kKept: the pages that are never forgotten; else RingColumn::takenAt
    std::int64_t validTo = 0;     // holds the tokens of the page before this position

    static constexpr std::int64_t kKept = -1;
    PageOwners owners(const LayerPlan& plan) const
    {
        return takenAt == kKept ? keptOwners(plan, page) : ringOwners(plan, page, takenAt);
    }
    auto operator<=>(const ColumnPlace&) const = default;
};

struct ImageColumn {
    ColumnPlace place;
    std::vector<std::span<const std::byte>> pages; // in the owners' order; to be read through the lease
    std::shared_ptr<const AlignedBuffer> copy;     // where the pages are copies: what keeps them
};

struct SessionImage {
    std::vector<std::int32_t> tokens;
    std::vector<CheckpointMark> marks;
    std::vector<ImageColumn> columns;
    std::shared_ptr<PageLease> lease;
};

// The same, as a file has it.
struct SavedText {
    std::vector<std::int32_t> tokens;
    std::vector<CheckpointMark> marks;
    std::vector<ColumnPlace> columns;
};

// Fills `into` with the pages of column `index`, in the owners' order. Any error gives up the whole text.
using LoadColumn = std::function<Status(std::size_t index, std::span<std::byte> into)>;

} // namespace lectern
