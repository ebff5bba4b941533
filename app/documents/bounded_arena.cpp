#include "app/documents/bounded_arena.h"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace lectern {

BoundedArena::BoundedArena(std::size_t maxBytes, std::chrono::milliseconds maxTime, CancelToken cancel)
    : m_maxBytes(maxBytes), m_deadline(std::chrono::steady_clock::now() + maxTime),
      m_cancel(std::move(cancel))
{
    // Room for every chunk now: a vector that grows later could throw through C code.
    m_chunks.reserve(maxBytes / kChunkBytes + 2);
}

void BoundedArena::jumpIfDue(std::size_t growth)
{
    Stop stop = growth > m_maxBytes - std::min(m_taken, m_maxBytes) ? Stop::Memory : Stop::None;
    if (++m_calls % 4096 == 0) {
        if (m_cancel.isCancelled())
            stop = Stop::Cancelled;
        else if (std::chrono::steady_clock::now() > m_deadline)
            stop = Stop::Time;
    }
    if (stop != Stop::None)
        std::longjmp(m_exit, static_cast<int>(stop));
}

void* BoundedArena::allocate(std::size_t size)
{
    const std::size_t rounded =
        std::bit_ceil(std::clamp<std::size_t>(size, 16, std::size_t(1) << (kClasses - 1)));
    const auto sizeClass = static_cast<std::size_t>(std::countr_zero(rounded));
    jumpIfDue(0);
    if (void* block = m_free[sizeClass]) {
        m_free[sizeClass] = *static_cast<void**>(block);
        return block;
    }
    const std::size_t needed = rounded + sizeof(Header);
    if (needed > m_left) {
        const std::size_t chunk = std::max(needed, kChunkBytes);
        jumpIfDue(chunk);
        std::byte* fresh = size > rounded || m_chunks.size() == m_chunks.capacity() ? nullptr
                                                                                    : new (std::nothrow)
                                                                                          std::byte[chunk];
        if (!fresh)
            std::longjmp(m_exit, static_cast<int>(Stop::Memory));
        m_chunks.emplace_back(fresh);
        m_taken += chunk;
        m_next = fresh;
        m_left = chunk;
    }
    auto* header = new (m_next) Header{sizeClass, 0};
    m_next += needed;
    m_left -= needed;
    return header + 1;
}

void BoundedArena::release(void* block)
{
    if (!block)
        return;
    const std::size_t sizeClass = (static_cast<Header*>(block) - 1)->sizeClass;
    *static_cast<void**>(block) = m_free[sizeClass];
    m_free[sizeClass] = block;
}

} // namespace lectern
