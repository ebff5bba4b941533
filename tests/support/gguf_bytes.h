// Builds GGUF bytes by hand, right or wrong, for tests of the reader. Nothing is checked: a test says exactly
// what is in the file.
#pragma once

#include "engine/format/gguf_types.h"

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace lectern::test {

class GgufBytes {
public:
    template <typename T> GgufBytes& raw(T value)
    {
        m_bytes.resize(m_bytes.size() + sizeof(T));
        std::memcpy(m_bytes.data() + m_bytes.size() - sizeof(T), &value, sizeof(T));
        return *this;
    }
    GgufBytes& characters(std::string_view text)
    {
        for (const char c : text)
            raw(c);
        return *this;
    }
    GgufBytes& text(std::string_view text) { return raw<std::uint64_t>(text.size()).characters(text); }

    GgufBytes& header(std::uint64_t tensors, std::uint64_t keys, std::uint32_t version = 3)
    {
        return raw(kGgufMagic).raw(version).raw(tensors).raw(keys);
    }
    GgufBytes& key(std::string_view name, GgufValueType type) { return text(name).raw(type); }
    GgufBytes& key(std::string_view name, std::uint32_t value)
    {
        return key(name, GgufValueType::U32).raw(value);
    }
    GgufBytes& list(std::string_view name, GgufValueType type, std::uint64_t count)
    {
        return key(name, GgufValueType::List).raw(type).raw(count);
    }
    GgufBytes& tensor(std::string_view name, const std::vector<std::uint64_t>& shape, std::uint32_t type,
                      std::uint64_t offset)
    {
        text(name).raw(static_cast<std::uint32_t>(shape.size()));
        for (const std::uint64_t extent : shape)
            raw(extent);
        return raw(type).raw(offset);
    }
    // Zeros up to a multiple of `alignment`, then `count` bytes of data.
    GgufBytes& data(std::size_t count, std::size_t alignment = 32)
    {
        m_bytes.resize((m_bytes.size() + alignment - 1) / alignment * alignment);
        m_bytes.resize(m_bytes.size() + count, std::byte{0x11});
        return *this;
    }

    const std::vector<std::byte>& bytes() const { return m_bytes; }

private:
    std::vector<std::byte> m_bytes;
};

} // namespace lectern::test
