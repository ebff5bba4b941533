#include "engine/base/thread_pool.h"

#include <sched.h>

namespace lectern {

namespace {
// A decode step is some hundred loops of tens of microseconds: a worker waits this many pause instructions
// (a few microseconds) for the next loop before it sleeps, so it is there in time and still leaves the core alone.
constexpr int kPausesBeforeSleep = 2000;
} // namespace

int ThreadPool::defaultThreads()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    return 1;
}

ThreadPool::ThreadPool(int threads)
{
    const int total = threads > 0 ? threads : defaultThreads();
    m_workers.reserve(static_cast<std::size_t>(total - 1));
    for (int i = 1; i < total; ++i)
        m_workers.emplace_back([this, i] { workerLoop(i); });
}

ThreadPool::~ThreadPool()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
        m_published.fetch_add(1, std::memory_order_release);
    }
    m_wake.notify_all();
    for (std::thread& worker : m_workers)
        worker.join();
}

void ThreadPool::takePieces(int thread)
{
    for (int i = m_next.fetch_add(1); i < m_count; i = m_next.fetch_add(1))
        (*m_body)(i, thread);
}

void ThreadPool::parallelFor(int count, const std::function<void(int, int)>& body)
{
    if (count <= 0)
        return;
    if (m_workers.empty() || count == 1) {
        for (int i = 0; i < count; ++i)
            body(i, 0);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_body = &body;
        m_count = count;
        m_next.store(0);
        m_busy = static_cast<int>(m_workers.size());
        m_running.store(m_busy, std::memory_order_relaxed);
        ++m_generation;
        m_published.store(m_generation, std::memory_order_release);
    }
    m_wake.notify_all();
    takePieces(0);
    for (int i = 0; i < kPausesBeforeSleep && m_running.load(std::memory_order_acquire) != 0; ++i)
        __builtin_ia32_pause();
    std::unique_lock lock(m_mutex);
    m_done.wait(lock, [this] { return m_busy == 0; });
    m_body = nullptr;
}

void ThreadPool::workerLoop(int thread)
{
    unsigned seen = 0;
    while (true) {
        for (int i = 0; i < kPausesBeforeSleep && m_published.load(std::memory_order_acquire) == seen; ++i)
            __builtin_ia32_pause();
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [&] { return m_stop || m_generation != seen; });
            if (m_stop)
                return;
            seen = m_generation;
        }
        takePieces(thread);
        bool last = false;
        {
            const std::lock_guard lock(m_mutex);
            last = --m_busy == 0;
            m_running.store(m_busy, std::memory_order_release);
        }
        if (last)
            m_done.notify_one();
    }
}

} // namespace lectern
