// A cursor over bytes that came from a file. Reading past the end is a `false`, never a fault; numbers are
// little-endian, as in every format read here.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace lectern {

static_assert(std::endian::native == std::endian::little, "Lectern reads little-endian files in place");

class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    std::uint64_t position() const { return m_position; }
    std::uint64_t remaining() const { return m_bytes.size() - m_position; }

    template <typename T> [[nodiscard]] bool read(T& out)
    {
        if (remaining() < sizeof(T))
            return false;
        std::memcpy(&out, m_bytes.data() + m_position, sizeof(T));
        m_position += sizeof(T);
        return true;
    }

    // A text of `length` bytes; the caller bounds `length` before memory is taken for it.
    [[nodiscard]] bool readText(std::uint64_t length, std::string& out)
    {
        if (remaining() < length)
            return false;
        out.assign(reinterpret_cast<const char*>(m_bytes.data() + m_position), length);
        m_position += length;
        return true;
    }

    // The next `length` bytes, in place; empty if there are not so many.
    [[nodiscard]] std::span<const std::byte> take(std::uint64_t length)
    {
        if (remaining() < length)
            return {};
        const auto bytes = m_bytes.subspan(m_position, length);
        m_position += length;
        return bytes;
    }

private:
    std::span<const std::byte> m_bytes;
    std::uint64_t m_position = 0;
};

} // namespace lectern
