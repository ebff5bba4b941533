#include "tests/support/mapped_bytes.h"

#include <map>
#include <mutex>
#include <sys/mman.h>

namespace {

std::mutex g_lock;

std::map<void*, std::int64_t>& live()
{
    static std::map<void*, std::int64_t> mappings;
    return mappings;
}

} // namespace

// The linker (--wrap) sends the program's calls here. Names given by the linker.
extern "C" void* __real_mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset);
extern "C" int __real_munmap(void* address, size_t bytes);

extern "C" void* __wrap_mmap(void* address, size_t bytes, int protection, int flags, int file, off_t offset)
{
    void* data = __real_mmap(address, bytes, protection, flags, file, offset);
    if (data != MAP_FAILED && flags & MAP_ANONYMOUS) {
        const std::lock_guard guard(g_lock);
        live()[data] = static_cast<std::int64_t>(bytes);
    }
    return data;
}

extern "C" int __wrap_munmap(void* address, size_t bytes)
{
    {
        const std::lock_guard guard(g_lock);
        live().erase(address);
    }
    return __real_munmap(address, bytes);
}

namespace lectern::test {

std::int64_t mappedBytes()
{
    const std::lock_guard guard(g_lock);
    std::int64_t bytes = 0;
    for (const auto& [address, size] : live())
        bytes += size;
    return bytes;
}

} // namespace lectern::test
