// A set of byte strings with values, walked byte by byte. Built once, then read from several threads.
#pragma once

#include "engine/text/flat_map.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lectern {

class ByteTrie {
public:
    using Node = std::uint32_t;
    static constexpr Node kRoot = 0;
    static constexpr Node kNowhere = FlatMap::kAbsent;
    static constexpr std::int32_t kNoValue = -1;

    // `value` >= 0. A string inserted twice keeps its first value. Empty strings are ignored.
    void insert(std::string_view text, std::int32_t value);

    Node step(Node node, std::uint8_t byte) const
    {
        return node == kRoot ? m_first[byte] : m_edges.find(edge(node, byte));
    }
    std::int32_t value(Node node) const { return m_values[node]; }
    bool empty() const { return m_values.size() == 1; }

    struct Match {
        std::int32_t value = kNoValue;
        std::size_t length = 0;
    };
    // The longest stored string that `text` begins with; length 0 if none.
    Match longestPrefix(std::string_view text) const;

    ByteTrie() { m_first.fill(kNowhere); }

private:
    static std::uint64_t edge(Node node, std::uint8_t byte) { return (std::uint64_t{node} << 8) | byte; }

    std::array<Node, 256> m_first{};
    FlatMap m_edges;
    std::vector<std::int32_t> m_values{kNoValue};
};

} // namespace lectern
