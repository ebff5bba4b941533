// Reading a page of a mapped file that is not there any more, because the file was cut short or its disk
// failed, raises SIGBUS, which would end the program. In guarded ranges such reads find zeros instead, and
// the range remembers it. Any thread may read; guards are made and dropped by any thread.
#pragma once

#include <atomic>
#include <cstddef>

namespace lectern {

class PageGuard {
public:
    PageGuard() = default;
    // Of a mapping that outlives the guard. Where too many are guarded already it guards nothing.
    PageGuard(const void* data, std::size_t bytes);
    PageGuard(PageGuard&& other) noexcept;
    PageGuard& operator=(PageGuard&& other) noexcept;
    ~PageGuard();

    // Zeros were read, and will be from now on, where the file's bytes are gone.
    bool lostPages() const;

private:
    int m_slot = -1;
};

} // namespace lectern
