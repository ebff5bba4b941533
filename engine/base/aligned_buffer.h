// Zeroed memory aligned for SIMD and pages of the KV cache. Move-only. Failure is a value, never bad_alloc.
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <span>

namespace lectern {

class AlignedBuffer {
public:
    static constexpr std::size_t kAlignment = 64;

    AlignedBuffer() = default;
    AlignedBuffer(AlignedBuffer&& other) noexcept;
    AlignedBuffer& operator=(AlignedBuffer&& other) noexcept;
    ~AlignedBuffer();

    // OutOfMemory with bytesAsked / bytesFree; `what` names the use in the message. Pages are touched lazily.
    static Result<AlignedBuffer> allocate(std::size_t bytes, const char* what);

    std::byte* data() { return m_data; }
    const std::byte* data() const { return m_data; }
    std::size_t size() const { return m_size; }
    template <typename T> T* as() { return reinterpret_cast<T*>(m_data); }
    template <typename T> const T* as() const { return reinterpret_cast<const T*>(m_data); }

private:
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

// Memory the system could still give without swapping, in bytes (MemAvailable); 0 if unknown.
std::uint64_t availableMemoryBytes();

} // namespace lectern
