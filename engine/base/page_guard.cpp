#include "engine/base/page_guard.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace lectern {

namespace {

// What the signal handler looks at: lock-free, since it may interrupt anything.
struct Range {
    std::atomic<bool> taken{false};
    std::atomic<std::uintptr_t> begin{0}, end{0}; // [begin, end); 0, 0: nothing
    std::atomic<bool> lost{false};
};

constexpr int kRanges = 1024; // files of all models that are open
std::array<Range, kRanges> g_ranges;
std::uintptr_t g_pageBytes = 4096;
struct sigaction g_before = {};

bool fillWithZeros(std::uintptr_t address)
{
    for (Range& range : g_ranges) {
        const std::uintptr_t begin = range.begin.load(), end = range.end.load();
        if (address < begin || address >= end)
            continue;
        range.lost.store(true);
        // What a file lost lies at its end: everything from here on, in one mapping.
        const std::uintptr_t page = address & ~(g_pageBytes - 1);
        return ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ,
                      MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    }
    return false;
}

void onBusError(int, siginfo_t* info, void*)
{
    const int before = errno;
    // A fault of someone else is theirs: the instruction is run again under what was installed before.
    if (!fillWithZeros(reinterpret_cast<std::uintptr_t>(info->si_addr)))
        ::sigaction(SIGBUS, &g_before, nullptr);
    errno = before;
}

void install()
{
    static std::once_flag once;
    std::call_once(once, [] {
        g_pageBytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        struct sigaction action = {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO;
        ::sigaction(SIGBUS, &action, &g_before);
    });
}

} // namespace

PageGuard::PageGuard(const void* data, std::size_t bytes)
{
    install();
    for (int slot = 0; slot < kRanges && m_slot < 0; ++slot) {
        if (g_ranges[std::size_t(slot)].taken.exchange(true))
            continue;
        Range& range = g_ranges[std::size_t(slot)];
        range.lost.store(false);
        range.begin.store(reinterpret_cast<std::uintptr_t>(data));
        range.end.store(reinterpret_cast<std::uintptr_t>(data) + bytes);
        m_slot = slot;
    }
}

PageGuard::PageGuard(PageGuard&& other) noexcept : m_slot(std::exchange(other.m_slot, -1)) {}

PageGuard& PageGuard::operator=(PageGuard&& other) noexcept
{
    std::swap(m_slot, other.m_slot);
    return *this;
}

PageGuard::~PageGuard()
{
    if (m_slot < 0)
        return;
    Range& range = g_ranges[std::size_t(m_slot)];
    range.end.store(0);
    range.begin.store(0);
    range.taken.store(false);
}

bool PageGuard::lostPages() const
{
    return m_slot >= 0 && g_ranges[std::size_t(m_slot)].lost.load();
}

} // namespace lectern
