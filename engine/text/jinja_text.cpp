#include "engine/text/jinja_text.h"

#include "engine/text/utf8.h"

#include <algorithm>

namespace lectern::jinja {

Text::Text(std::string bytes, std::int32_t source) : m_bytes(std::move(bytes))
{
    if (!m_bytes.empty())
        m_runs.push_back({0, m_bytes.size(), source, 0});
}

void Text::append(std::string_view bytes, std::int32_t source, std::uint64_t offset)
{
    if (bytes.empty())
        return;
    const std::uint64_t begin = m_bytes.size();
    m_bytes.append(bytes);
    if (!m_runs.empty()) {
        Run& last = m_runs.back();
        if (last.source == source && (source < 0 || last.offset + last.bytes == offset)) {
            last.bytes += bytes.size();
            return;
        }
    }
    m_runs.push_back({begin, bytes.size(), source, offset});
}

void Text::appendSlice(const Text& text, std::size_t begin, std::size_t bytes)
{
    const std::size_t end = begin + bytes;
    // By bisection: cutting a text of many runs into many pieces must stay far from quadratic.
    auto run = std::upper_bound(text.m_runs.begin(), text.m_runs.end(), begin,
                                [](std::size_t at, const Run& x) { return at < x.begin + x.bytes; });
    for (; run != text.m_runs.end() && run->begin < end; ++run) {
        const std::size_t from = std::max<std::size_t>(begin, run->begin);
        const std::size_t to = std::min<std::size_t>(end, run->begin + run->bytes);
        append(std::string_view(text.m_bytes).substr(from, to - from), run->source,
               run->offset + (from - run->begin));
    }
}

Text Text::slice(std::size_t begin, std::size_t bytes) const
{
    Text out;
    out.appendSlice(*this, begin, bytes);
    return out;
}

std::int32_t Text::derivedSource() const
{
    const bool pure =
        std::all_of(m_runs.begin(), m_runs.end(), [](const Run& run) { return run.source == kFromTemplate; });
    return pure ? kFromTemplate : kFromInput;
}

Text Text::mapCharacters(const std::function<std::string(std::string_view, bool)>& map) const
{
    Text out;
    std::size_t start = 0;
    bool first = true;
    for (const Run& run : m_runs) {
        const std::string_view bytes = std::string_view(m_bytes).substr(start, run.bytes);
        std::string mapped;
        for (std::size_t at = 0; at < bytes.size(); first = false) {
            const std::size_t length = utf8::decode(bytes.substr(at)).bytes;
            mapped += map(bytes.substr(at, length), first);
            at += length;
        }
        out.append(mapped, run.source, run.offset);
        start += run.bytes;
    }
    return out;
}

} // namespace lectern::jinja
