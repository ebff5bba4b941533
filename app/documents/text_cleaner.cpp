#include "app/documents/text_cleaner.h"

#include <algorithm>
#include <cstddef>

namespace lectern {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool isPlain(unsigned char byte)
{
    return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t';
}

// Bytes in the sequence that `lead` begins; 0 = can not begin one.
unsigned sequenceLength(unsigned char lead)
{
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

// Whether `byte` may stand at place `index` (from 1) after `lead`: no overlong forms, surrogates or >
// U+10FFFF.
bool mayContinue(unsigned char lead, unsigned index, unsigned char byte)
{
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (index == 1) {
        low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    }
    return byte >= low && byte <= high;
}

bool isHidden(char32_t c)
{
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
           c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

char32_t decode(const unsigned char* bytes, unsigned size)
{
    char32_t c = bytes[0] & (0xFFU >> (size + 1));
    for (unsigned i = 1; i < size; ++i)
        c = (c << 6) | (bytes[i] & 0x3FU);
    return c;
}

} // namespace

void TextCleaner::feed(std::string_view bytes, std::string& out)
{
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if (m_pendingSize > 0 || byte >= 0x80) {
            feedMultibyte(byte, out);
            ++at;
        } else if (!isPlain(byte) || (m_afterCr && byte == '\n')) {
            feedControl(byte, out);
            ++at;
        } else {
            std::size_t end = at + 1;
            while (end < bytes.size() && isPlain(static_cast<unsigned char>(bytes[end])))
                ++end;
            out.append(bytes, at, end - at);
            at = end;
            m_afterCr = false;
        }
    }
}

void TextCleaner::feedControl(unsigned char byte, std::string& out)
{
    const bool secondOfCrLf = m_afterCr && byte == '\n';
    m_afterCr = byte == '\r';
    if (secondOfCrLf)
        return;
    // A form feed or vertical tab ends a line in every text that still has them.
    if (byte == '\r' || byte == '\f' || byte == '\v')
        out += '\n';
    else
        ++m_counts.dropped;
}

void TextCleaner::feedMultibyte(unsigned char byte, std::string& out)
{
    if (m_pendingSize > 0 && !mayContinue(m_pending[0], m_pendingSize, byte)) {
        replacePending(out);
        const char again = static_cast<char>(byte);
        feed(std::string_view(&again, 1), out);
        return;
    }
    if (m_pendingSize == 0) {
        m_afterCr = false;
        m_pendingWant = sequenceLength(byte);
        if (m_pendingWant == 0) {
            out += kReplacement;
            ++m_counts.replaced;
            return;
        }
    }
    m_pending[m_pendingSize++] = byte;
    if (m_pendingSize < m_pendingWant)
        return;
    out.append(reinterpret_cast<const char*>(m_pending.data()), m_pendingSize);
    ++m_counts.multibyte;
    if (isHidden(decode(m_pending.data(), m_pendingSize)))
        ++m_counts.hidden;
    m_pendingSize = 0;
}

void TextCleaner::replacePending(std::string& out)
{
    out += kReplacement;
    ++m_counts.replaced;
    m_pendingSize = 0;
}

void TextCleaner::finish(std::string& out)
{
    if (m_pendingSize > 0)
        replacePending(out);
    m_afterCr = false;
}

} // namespace lectern
