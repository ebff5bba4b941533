#include "engine/base/thread_pool.h"

#include <chrono>
#include <sched.h>

namespace lectern {

namespace {

// How long a thread looks before it sleeps: longer than the pause between two loops of a step, far shorter than a time
// slice of another program.
constexpr std::chrono::microseconds kLooking{50};

// True once `ready`, false when the time for looking is over.
template <typename Ready> bool lookFor(const Ready& ready)
{
    const auto until = std::chrono::steady_clock::now() + kLooking;
    do {
        for (int i = 0; i < 32; ++i) {
            if (ready())
                return true;
            __builtin_ia32_pause();
        }
    } while (std::chrono::steady_clock::now() < until);
    return false;
}

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
    m_stop.store(true);
    m_wakes.fetch_add(1);
    m_wakes.notify_all();
    for (std::thread& worker : m_workers)
        worker.join();
}

bool ThreadPool::hasWork() const
{
    const std::uint64_t next = m_next.load();
    return static_cast<std::uint32_t>(next) < next >> 32;
}

void ThreadPool::takePieces(int thread)
{
    while (hasWork()) {
        const std::uint64_t claimed = m_next.fetch_add(1);
        const auto index = static_cast<std::uint32_t>(claimed);
        if (index >= claimed >> 32)
            return;
        (*m_body)(static_cast<int>(index), thread);
        if (m_left.fetch_sub(1) == 1)
            m_left.notify_one();
    }
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
    m_body = &body;
    m_left.store(count);
    m_next.store(static_cast<std::uint64_t>(count) << 32);
    if (m_sleepers.load() > 0) {
        m_wakes.fetch_add(1);
        m_wakes.notify_all();
    }
    takePieces(0);
    if (lookFor([this] { return m_left.load() == 0; }))
        return;
    for (int left = m_left.load(); left != 0; left = m_left.load())
        m_left.wait(left);
}

// Counted as a sleeper before the last look: either this thread sees the loop, or the loop's caller sees the sleeper.
void ThreadPool::sleepUntilWork()
{
    const std::uint32_t wakes = m_wakes.load();
    m_sleepers.fetch_add(1);
    if (!hasWork() && !m_stop.load())
        m_wakes.wait(wakes);
    m_sleepers.fetch_sub(1);
}

void ThreadPool::workerLoop(int thread)
{
    while (!m_stop.load()) {
        if (!lookFor([this] { return hasWork() || m_stop.load(); }))
            sleepUntilWork();
        takePieces(thread);
    }
}

} // namespace lectern
