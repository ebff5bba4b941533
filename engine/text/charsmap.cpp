#include "engine/text/charsmap.h"

#include <cstring>

namespace lectern {

namespace {

// One unit of the double array: where its children are, whether it is a leaf, and the byte that leads to it.
std::size_t baseOf(std::uint32_t unit)
{
    return std::size_t{unit >> 10} << ((unit & (1u << 9)) >> 6);
}

bool isLeaf(std::uint32_t unit)
{
    return ((unit >> 8) & 1) != 0;
}

std::uint32_t labelOf(std::uint32_t unit)
{
    return unit & ((1u << 31) | 0xff);
}

std::size_t valueOf(std::uint32_t unit)
{
    return unit & ((1u << 31) - 1);
}

} // namespace

Result<Charsmap> Charsmap::read(const std::vector<std::uint8_t>& bytes)
{
    Charsmap out;
    if (bytes.empty())
        return out;
    const auto broken = [] {
        return fail(ErrorCode::BadInput, "The model's tokenizer is broken: its character map is cut short.",
                    "Get the model file again from where it was made.");
    };
    std::uint32_t arrayBytes = 0;
    if (bytes.size() <= sizeof(arrayBytes))
        return broken();
    std::memcpy(&arrayBytes, bytes.data(),
                sizeof(arrayBytes)); // little-endian, as every machine Lectern runs on
    if (arrayBytes % 4 != 0 || arrayBytes == 0 || arrayBytes >= bytes.size() - sizeof(arrayBytes))
        return broken();
    out.m_units.resize(arrayBytes / 4);
    std::memcpy(out.m_units.data(), bytes.data() + sizeof(arrayBytes), arrayBytes);
    const std::uint8_t* texts = bytes.data() + sizeof(arrayBytes) + arrayBytes;
    out.m_texts.assign(texts, bytes.data() + bytes.size());
    if (out.m_texts.back() != '\0')
        return broken();
    return out;
}

Charsmap::Replacement Charsmap::replacementFor(std::string_view text) const
{
    Replacement best;
    if (m_units.empty())
        return best;
    std::size_t node = baseOf(m_units[0]);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<std::uint8_t>(text[at]);
        node ^= byte;
        if (byte == 0 || node >= m_units.size() || labelOf(m_units[node]) != byte)
            break;
        const bool leaf = isLeaf(m_units[node]);
        node ^= baseOf(m_units[node]);
        if (node >= m_units.size())
            break;
        if (!leaf)
            continue;
        const std::size_t where = valueOf(m_units[node]);
        if (where < m_texts.size())
            best = {at + 1, std::string_view(m_texts.data() + where)};
    }
    return best;
}

} // namespace lectern
