// A pool for data-parallel loops. Work is taken in small pieces from one counter, so a thread that the system gives
// to another program delays only its own piece; idle workers sleep, they do not spin.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
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
    // Called from one thread at a time; body must not throw nor call the pool.
    void parallelFor(int count, const std::function<void(int index, int thread)>& body);

    // Cores this process may use (its affinity mask), at least 1.
    static int defaultThreads();

private:
    void workerLoop(int thread);
    void takePieces(int thread);

    std::vector<std::thread> m_workers;
    std::mutex m_mutex;
    std::condition_variable m_wake, m_done;
    const std::function<void(int, int)>* m_body = nullptr;
    std::atomic<int> m_next{0};
    int m_count = 0;
    int m_busy = 0;
    unsigned m_generation = 0;
    std::atomic<unsigned> m_published{0}; // mirrors m_generation for the short wait before sleeping
    std::atomic<int> m_running{0};
    bool m_stop = false;
};

} // namespace lectern
