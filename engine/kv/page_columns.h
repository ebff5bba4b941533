// A column: the pages of one page number that several KV heads hold, one after the other, layer by layer and
// head by head. What checkpoints and snapshots copy; which heads a column has follows from the plan alone.
#pragma once

#include "engine/attention/layer_plan.h"
#include "engine/kv/page_budget.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <vector>

namespace lectern {

struct PageOwner {
    std::int32_t layer = 0, head = 0; // KV head
    auto operator<=>(const PageOwner&) const = default;
};

using PageOwners = std::vector<PageOwner>; // ascending

// The heads that never forget the page once it is written.
PageOwners keptOwners(const LayerPlan& plan, std::int64_t page);
// The heads that do, and need it for queries at or after `position`.
PageOwners ringOwners(const LayerPlan& plan, std::int64_t page, std::int64_t position);
// The first page that a ring needs at `position`; pagesFor(position) where no head has a ring.
std::int64_t firstRingPage(const LayerPlan& plan, std::int64_t position);

// Tokens of the page that exist in a text of `position` tokens end here.
inline std::int64_t pageValidTo(std::int64_t page, std::int64_t position)
{
    return std::min(position, (page + 1) * kPageTokens);
}

} // namespace lectern
