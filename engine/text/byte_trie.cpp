#include "engine/text/byte_trie.h"

namespace lectern {

void ByteTrie::insert(std::string_view text, std::int32_t value)
{
    if (text.empty())
        return;
    Node node = kRoot;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        Node next = step(node, byte);
        if (next == kNowhere) {
            next = static_cast<Node>(m_values.size());
            m_values.push_back(kNoValue);
            if (node == kRoot)
                m_first[byte] = next;
            else
                m_edges.insert(edge(node, byte), next);
        }
        node = next;
    }
    if (m_values[node] == kNoValue)
        m_values[node] = value;
}

ByteTrie::Match ByteTrie::longestPrefix(std::string_view text) const
{
    Match best;
    Node node = kRoot;
    for (std::size_t i = 0; i < text.size(); ++i) {
        node = step(node, static_cast<std::uint8_t>(text[i]));
        if (node == kNowhere)
            break;
        if (m_values[node] != kNoValue)
            best = {m_values[node], i + 1};
    }
    return best;
}

} // namespace lectern
