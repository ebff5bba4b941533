// Exact texts to token ids. Built once, then read from several threads; look-ups allocate nothing.
#pragma once

#include "engine/base/ids.h"
#include "engine/text/flat_map.h"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

class PieceTable {
public:
    // A text added twice keeps its first id; empty texts are ignored.
    void add(std::string text, TokenId id)
    {
        if (text.empty() || !m_map.insert(keyOf(text), static_cast<std::uint32_t>(m_entries.size())))
            return;
        m_longest = std::max(m_longest, text.size());
        m_entries.push_back({std::move(text), id});
    }

    // -1 if absent.
    TokenId find(std::string_view text) const
    {
        if (text.size() > m_longest)
            return -1;
        const std::uint32_t at = m_map.find(keyOf(text));
        return at != FlatMap::kAbsent && m_entries[at].text == text ? m_entries[at].id : -1;
    }

private:
    struct Entry {
        std::string text;
        TokenId id;
    };

    // The hash stands for the text: 64 bits do not collide by chance, and find() compares the text.
    static std::uint64_t keyOf(std::string_view text)
    {
        return std::min<std::uint64_t>(std::hash<std::string_view>{}(text), FlatMap::kNoKey - 1);
    }

    FlatMap m_map;
    std::vector<Entry> m_entries;
    std::size_t m_longest = 0;
};

} // namespace lectern
