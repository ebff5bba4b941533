// Memory for a C library that does not check its allocations: blocks from one pool with a byte limit, all
// given back at once. When the limit, a deadline or a cancel is reached the arena jumps out of the library to
// where the call began; that is safe because everything the library made lives here and no C++ object lies in
// between.
#pragma once

#include "engine/base/cancel.h"

#include <array>
#include <chrono>
#include <csetjmp>
#include <cstddef>
#include <memory>
#include <vector>

namespace lectern {

class BoundedArena {
public:
    enum class Stop { None = 0, Memory, Time, Cancelled };

    BoundedArena(std::size_t maxBytes, std::chrono::milliseconds maxTime, CancelToken cancel);
    BoundedArena(const BoundedArena&) = delete;
    BoundedArena& operator=(const BoundedArena&) = delete;

    // Where allocate() jumps to, with the Stop as its value. Set by the caller with setjmp before the library
    // runs.
    std::jmp_buf& exit() { return m_exit; }

    void* allocate(std::size_t size);
    void release(void* block);

private:
    void jumpIfDue(std::size_t growth);

    // A block is a header and 2^class bytes; freed blocks of a class form a list through their first word.
    struct Header {
        std::size_t sizeClass;
        std::size_t padding; // keeps what follows aligned for any type
    };
    static constexpr std::size_t kClasses = 40;
    static constexpr std::size_t kChunkBytes = std::size_t(1) << 20;

    std::array<void*, kClasses> m_free{};
    std::vector<std::unique_ptr<std::byte[]>> m_chunks;
    std::byte* m_next = nullptr;
    std::size_t m_left = 0;
    std::size_t m_taken = 0;
    std::size_t m_maxBytes;
    std::size_t m_calls = 0;
    std::chrono::steady_clock::time_point m_deadline;
    CancelToken m_cancel;
    std::jmp_buf m_exit{};
};

} // namespace lectern
