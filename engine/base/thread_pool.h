// A pool for data-parallel loops. Work is taken in small pieces from one counter, so a thread that the system gives
// to another program delays only its own piece, and a worker that wakes late is not waited for. Idle workers look for
// work for a moment (a decode step is some dozens of loops of tens of microseconds) and then sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace lectern {

class ThreadPool {
public:
    // `threads` counts the caller: 1 means no workers at all. 0 asks for defaultThreads().
    explicit ThreadPool(int threads = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const { return static_cast<int>(m_workers.size()) + 1; }

    // Calls body(index, thread) for every index in [0, count); thread is in [0, threads()). Returns when all are done.
    // Called from one thread at a time; body must not throw nor call the pool. count < 2^24.
    void parallelFor(int count, const std::function<void(int index, int thread)>& body);

    // Cores this process may use (its affinity mask), at least 1.
    static int defaultThreads();

private:
    void workerLoop(int thread);
    void takePieces(int thread);
    bool hasWork() const;
    void sleepUntilWork();

    std::vector<std::thread> m_workers;
    // Written before a loop is published; a thread reads it only while it holds a piece of that loop.
    const std::function<void(int, int)>* m_body = nullptr;
    // The loop's count in the high half, the next index in the low half: one addition claims a piece and proves that it
    // belongs to the loop that is running, so that nobody can take a piece of one loop for a piece of the next.
    alignas(64) std::atomic<std::uint64_t> m_next{0};
    alignas(64) std::atomic<int> m_left{0}; // pieces of the loop not finished
    alignas(64) std::atomic<int> m_sleepers{0};
    std::atomic<std::uint32_t> m_wakes{0};
    std::atomic<bool> m_stop{false};
};

} // namespace lectern
