#include "engine/kv/ring_checkpoints.h"

#include <algorithm>
#include <cstring>

namespace lectern {

namespace {

// True if `a` holds at least the owners and tokens of a column with `owners` up to `validTo`.
bool includes(const RingColumn& a, std::int64_t validTo, const PageOwners& owners)
{
    return a.validTo >= validTo &&
           std::includes(a.owners.begin(), a.owners.end(), owners.begin(), owners.end());
}

Result<RingColumn> copyColumn(const KvCache& cache, std::int64_t page, PageOwners owners)
{
    RingColumn column{page, cache.position(), pageValidTo(page, cache.position()), std::move(owners),
                      {},   nullptr};
    std::size_t bytes = 0;
    for (const PageOwner& owner : column.owners) {
        column.offsets.push_back(bytes);
        bytes += cache.pageBytes(owner);
    }
    auto buffer = AlignedBuffer::allocate(bytes, "a checkpoint of the KV cache");
    if (!buffer)
        return failed(buffer);
    for (std::size_t i = 0; i < column.owners.size(); ++i) {
        const std::byte* memory = cache.page(column.owners[i], page);
        if (!memory)
            return fail(ErrorCode::Internal, "A ring of the KV cache misses a page of its window.",
                        "Please report this.");
        std::memcpy(buffer->data() + column.offsets[i], memory, cache.pageBytes(column.owners[i]));
    }
    column.bytes = std::make_shared<const AlignedBuffer>(std::move(*buffer));
    return column;
}

} // namespace

const RingColumn* RingCheckpoints::shared(std::int64_t page, std::int64_t validTo,
                                          const PageOwners& owners) const
{
    const auto [first, last] = m_columns.equal_range(page);
    const auto found =
        std::find_if(first, last, [&](const auto& e) { return includes(e.second, validTo, owners); });
    return found == last ? nullptr : &found->second;
}

bool RingCheckpoints::take(const KvCache& cache, CheckpointKind kind)
{
    const std::int64_t position = cache.position();
    std::vector<RingColumn> fresh;
    for (std::int64_t page = firstRingPage(cache.plan(), position); page < pagesFor(position); ++page) {
        PageOwners owners = ringOwners(cache.plan(), page, position);
        if (owners.empty() || shared(page, pageValidTo(page, position), owners))
            continue;
        auto column = copyColumn(cache, page, std::move(owners));
        if (!column)
            return false;
        fresh.push_back(std::move(*column));
    }
    for (RingColumn& column : fresh) {
        const auto [first, last] = m_columns.equal_range(column.page);
        for (auto old = first; old != last;)
            old = includes(column, old->second.validTo, old->second.owners) ? m_columns.erase(old)
                                                                            : std::next(old);
        adoptColumn(std::move(column));
    }
    adoptMark({position, kind});
    keepWithinBudget(cache.plan());
    return true;
}

void RingCheckpoints::adoptMark(const CheckpointMark& mark)
{
    const auto at = std::lower_bound(m_marks.begin(), m_marks.end(), mark.position,
                                     [](const CheckpointMark& m, std::int64_t p) { return m.position < p; });
    if (at != m_marks.end() && at->position == mark.position)
        at->kind = std::max(at->kind, mark.kind);
    else
        m_marks.insert(at, mark);
}

const std::byte* RingCheckpoints::find(PageOwner owner, std::int64_t page, std::int64_t position) const
{
    const auto [first, last] = m_columns.equal_range(page);
    for (auto it = first; it != last; ++it) {
        const RingColumn& column = it->second;
        if (!includes(column, pageValidTo(page, position), {owner}))
            continue;
        const auto at =
            std::lower_bound(column.owners.begin(), column.owners.end(), owner) - column.owners.begin();
        return column.bytes->data() + column.offsets[static_cast<std::size_t>(at)];
    }
    return nullptr;
}

bool RingCheckpoints::covers(const LayerPlan& plan, std::int64_t position) const
{
    for (std::int64_t page = firstRingPage(plan, position); page < pagesFor(position); ++page) {
        const PageOwners owners = ringOwners(plan, page, position);
        if (!owners.empty() && !shared(page, pageValidTo(page, position), owners))
            return false;
    }
    return true;
}

std::int64_t RingCheckpoints::reachable(const LayerPlan& plan, std::int64_t wanted) const
{
    if (covers(plan, wanted))
        return wanted;
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark)
        if (mark->position < wanted && covers(plan, mark->position))
            return mark->position;
    return 0;
}

PageCopies RingCheckpoints::copiesFor(std::int64_t position) const
{
    return [this, position](PageOwner owner, std::int64_t page) { return find(owner, page, position); };
}

std::int64_t RingCheckpoints::rewindTarget(const KvCache& cache, std::int64_t wanted) const
{
    if (cache.canRewind(wanted, copiesFor(wanted)))
        return wanted;
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark)
        if (mark->position < wanted && cache.canRewind(mark->position, copiesFor(mark->position)))
            return mark->position;
    return 0;
}

void RingCheckpoints::rewind(KvCache& cache, std::int64_t target)
{
    if (!cache.rewind(target, copiesFor(target)))
        cache.clear();
    forgetAfter(cache.position());
}

void RingCheckpoints::forgetAfter(std::int64_t position)
{
    std::erase_if(m_marks, [&](const CheckpointMark& mark) { return mark.position > position; });
    m_columns.erase(m_columns.lower_bound(pagesFor(position)), m_columns.end());
    // Of the page that the text goes on in, only what comes before still counts.
    for (auto& [page, column] : m_columns)
        column.validTo = std::min(column.validTo, position);
}

void RingCheckpoints::clear()
{
    m_marks.clear();
    m_columns.clear();
}

std::uint64_t RingCheckpoints::bytes() const
{
    std::uint64_t sum = 0;
    for (const auto& [page, column] : m_columns)
        sum += column.bytes->size();
    return sum;
}

// The lowest kind goes first, of these the one that leaves the smallest gap; never the newest.
void RingCheckpoints::keepWithinBudget(const LayerPlan& plan)
{
    while (bytes() > m_budget && m_marks.size() > 1) {
        std::size_t victim = 0;
        const auto cost = [&](std::size_t i) {
            const std::int64_t before = i == 0 ? 0 : m_marks[i - 1].position;
            return std::pair(m_marks[i].kind, m_marks[i + 1].position - before);
        };
        for (std::size_t i = 1; i + 1 < m_marks.size(); ++i)
            if (cost(i) < cost(victim))
                victim = i;
        m_marks.erase(m_marks.begin() + static_cast<std::ptrdiff_t>(victim));
        std::erase_if(m_columns, [&](const auto& entry) {
            return std::none_of(m_marks.begin(), m_marks.end(), [&](const CheckpointMark& mark) {
                return entry.first < pagesFor(mark.position) &&
                       entry.first >= firstRingPage(plan, mark.position);
            });
        });
    }
}

} // namespace lectern
