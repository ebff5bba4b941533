#include "engine/base/aligned_buffer.h"

#include <cstdio>
#include <sys/mman.h>
#include <utility>

namespace lectern {

AlignedBuffer::AlignedBuffer(AlignedBuffer&& other) noexcept { *this = std::move(other); }

AlignedBuffer& AlignedBuffer::operator=(AlignedBuffer&& other) noexcept
{
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

AlignedBuffer::~AlignedBuffer()
{
    if (m_data)
        ::munmap(m_data, m_size);
}

std::uint64_t availableMemoryBytes()
{
    std::FILE* file = std::fopen("/proc/meminfo", "re");
    if (!file)
        return 0;
    char line[256];
    unsigned long long kib = 0;
    while (std::fgets(line, sizeof line, file))
        if (std::sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    std::fclose(file);
    return kib * 1024;
}

Result<AlignedBuffer> AlignedBuffer::allocate(std::size_t bytes, const char* what)
{
    AlignedBuffer buffer;
    if (bytes == 0)
        return buffer;
    const std::uint64_t available = availableMemoryBytes();
    // Linux hands out more address space than there is memory; asking first turns a later kill into a message.
    const bool tooMuch = available != 0 && bytes > available;
    void* data = tooMuch ? MAP_FAILED
                         : ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        Error error{ErrorCode::OutOfMemory, {}, "Choose a shorter context, another plan or a smaller KV type.",
                    bytes, available};
        error.message = std::string("Not enough memory for ") + what + ": " + std::to_string(bytes >> 20) +
                        " MiB asked, " + std::to_string(available >> 20) + " MiB available.";
        return tl::unexpected<Error>(std::move(error));
    }
    // Large arenas walk faster with huge pages; the hint may be ignored.
    if (bytes >= (std::size_t{4} << 20))
        ::madvise(data, bytes, MADV_HUGEPAGE);
    buffer.m_data = static_cast<std::byte*>(data);
    buffer.m_size = bytes;
    return buffer;
}

} // namespace lectern
