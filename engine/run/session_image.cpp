#include "engine/run/session_image.h"

#include "engine/run/engine_session.h"

#include <cstring>

namespace lectern {

bool PageLease::copy(std::span<const std::byte> from, std::byte* to, std::int64_t validTo)
{
    const std::lock_guard lock(m_mutex);
    if (validTo > m_validTo)
        return false;
    std::memcpy(to, from.data(), from.size());
    return true;
}

void PageLease::cutAt(std::int64_t position)
{
    const std::lock_guard lock(m_mutex);
    m_validTo = std::min(m_validTo, position);
}

namespace {

tl::unexpected<Error> unusable(const char* why)
{
    return fail(ErrorCode::BadInput,
                std::string("The kept memory of this session does not fit it: ") + why + ".",
                "It is read again instead.");
}

std::vector<std::size_t> pageOffsets(const KvCache& cache, const PageOwners& owners)
{
    std::vector<std::size_t> offsets{0};
    for (const PageOwner& owner : owners)
        offsets.push_back(offsets.back() + cache.pageBytes(owner));
    return offsets; // one more than owners: the last is the size
}

Status putPages(KvCache& cache, std::int64_t page, const PageOwners& owners, std::span<const std::byte> bytes)
{
    const std::vector<std::size_t> offsets = pageOffsets(cache, owners);
    for (std::size_t i = 0; i < owners.size(); ++i)
        if (!cache.putPage(owners[i], page, bytes.subspan(offsets[i], offsets[i + 1] - offsets[i])))
            return unusable("it has pages that the cache has no room for");
    return {};
}

// The page that the text goes on in keeps changing: it is copied, the others are read in place.
Result<ImageColumn> keptColumn(const KvCache& cache, std::int64_t page)
{
    ImageColumn column{{page, ColumnPlace::kKept, pageValidTo(page, cache.position())}, {}, nullptr};
    const PageOwners owners = column.place.owners(cache.plan());
    for (const PageOwner& owner : owners)
        column.pages.emplace_back(cache.page(owner, page), cache.pageBytes(owner));
    if (column.place.validTo == (page + 1) * kPageTokens || owners.empty())
        return column;
    const std::vector<std::size_t> offsets = pageOffsets(cache, owners);
    auto buffer = AlignedBuffer::allocate(offsets.back(), "a copy of the KV cache's last page");
    if (!buffer)
        return failed(buffer);
    for (std::size_t i = 0; i < owners.size(); ++i) {
        std::memcpy(buffer->data() + offsets[i], column.pages[i].data(), column.pages[i].size());
        column.pages[i] = {buffer->data() + offsets[i], column.pages[i].size()};
    }
    column.copy = std::make_shared<const AlignedBuffer>(std::move(*buffer));
    return column;
}

} // namespace

Result<SessionImage> EngineSession::image(std::int64_t unchangedTo)
{
    SessionImage image;
    if (!checkpoint(CheckpointKind::Turn))
        return fail(ErrorCode::OutOfMemory, "There is no memory for a copy of the KV cache's rings.");
    image.tokens = m_tokens;
    image.marks = m_checkpoints.marks();
    image.lease = std::make_shared<PageLease>();
    m_leases.push_back(image.lease);
    for (std::int64_t page = 0; page < pagesFor(m_cache->position()); ++page) {
        ColumnPlace place{page, ColumnPlace::kKept, pageValidTo(page, m_cache->position())};
        if ((page + 1) * kPageTokens <= unchangedTo) {
            image.columns.push_back({place, {}, nullptr});
            continue;
        }
        auto column = keptColumn(*m_cache, page);
        if (!column)
            return failed(column);
        image.columns.push_back(std::move(*column));
    }
    for (const auto& [page, ring] : m_checkpoints.columns()) {
        ImageColumn column{{page, ring.takenAt, ring.validTo}, {}, ring.bytes};
        for (std::size_t i = 0; i < ring.owners.size(); ++i)
            column.pages.emplace_back(ring.bytes->data() + ring.offsets[i],
                                      m_cache->pageBytes(ring.owners[i]));
        image.columns.push_back(std::move(column));
    }
    return image;
}

Status EngineSession::restore(const SavedText& text, const LoadColumn& load)
{
    keepPrefix(0);
    const auto position = static_cast<std::int64_t>(text.tokens.size());
    Status done = reserve(position);
    for (std::size_t i = 0; done && i < text.columns.size(); ++i)
        done = restoreColumn(text.columns[i], [&](std::span<std::byte> into) { return load(i, into); });
    // The rings at the end of the text are among the copies.
    for (std::int64_t page = firstRingPage(plan(), position); done && page < pagesFor(position); ++page)
        for (const PageOwner& owner : ringOwners(plan(), page, position)) {
            const std::byte* copy = m_checkpoints.find(owner, page, position);
            if (!copy || !m_cache->putPage(owner, page, {copy, m_cache->pageBytes(owner)})) {
                done = unusable("a page of a ring is missing");
                break;
            }
        }
    if (done && !m_cache->settle(position))
        done = unusable("pages are missing");
    if (!done) {
        m_cache->clear();
        m_checkpoints.clear();
        return done;
    }
    for (const CheckpointMark& mark : text.marks)
        m_checkpoints.adoptMark(mark);
    m_tokens = text.tokens;
    return {};
}

Status EngineSession::restoreColumn(const ColumnPlace& place,
                                    const std::function<Status(std::span<std::byte>)>& load)
{
    PageOwners owners = place.owners(plan());
    std::vector<std::size_t> offsets = pageOffsets(*m_cache, owners);
    auto buffer = AlignedBuffer::allocate(offsets.back(), "a part of the kept KV cache");
    if (!buffer)
        return failed(buffer);
    if (auto loaded = load({buffer->data(), buffer->size()}); !loaded)
        return loaded;
    if (place.takenAt == ColumnPlace::kKept)
        return putPages(*m_cache, place.page, owners, {buffer->data(), buffer->size()});
    offsets.pop_back();
    m_checkpoints.adoptColumn({place.page, place.takenAt, place.validTo, std::move(owners),
                               std::move(offsets),
                               std::make_shared<const AlignedBuffer>(std::move(*buffer))});
    return {};
}

} // namespace lectern
