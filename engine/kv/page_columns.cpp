#include "engine/kv/page_columns.h"

namespace lectern {

namespace {

template <typename Wanted> PageOwners ownersWhere(const LayerPlan& plan, Wanted&& wanted)
{
    PageOwners owners;
    for (std::size_t layer = 0; layer < plan.layers.size(); ++layer)
        for (std::size_t head = 0; head < plan.layers[layer].size(); ++head)
            if (wanted(plan.layers[layer][head]))
                owners.push_back({static_cast<std::int32_t>(layer), static_cast<std::int32_t>(head)});
    return owners;
}

} // namespace

PageOwners keptOwners(const LayerPlan& plan, std::int64_t page)
{
    return ownersWhere(plan, [&](const HeadPattern& pattern) { return pageIsKept(pattern, page); });
}

PageOwners ringOwners(const LayerPlan& plan, std::int64_t page, std::int64_t position)
{
    return ownersWhere(plan, [&](const HeadPattern& pattern) {
        return !pageIsKept(pattern, page) && page >= windowBegin(pattern, position) / kPageTokens;
    });
}

std::int64_t firstRingPage(const LayerPlan& plan, std::int64_t position)
{
    std::int64_t first = pagesFor(position);
    for (const auto& heads : plan.layers)
        for (const HeadPattern& pattern : heads)
            if (!isFull(pattern))
                first = std::min(first, windowBegin(pattern, position) / kPageTokens);
    return first;
}

} // namespace lectern
