// The loop behind both kinds of BPE: symbols in a linked list, candidate merges in a heap, best rank first
// and leftmost among equals. n log n in the number of symbols, no recursion.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lectern {

struct Merge {
    std::uint32_t rank = 0; // smaller merges first
    std::uint32_t id = 0;   // what the two become
    bool possible = false;
};

class MergeList {
public:
    struct Symbol {
        std::uint32_t begin = 0; // bytes of the text
        std::uint32_t bytes = 0; // 0: merged into its left neighbour
        std::uint32_t id = 0;
        std::int32_t previous = -1;
        std::int32_t next = -1;
    };

    // Forgets the last text; `symbols` more will be appended at most.
    void begin(std::size_t symbols)
    {
        m_symbols.clear();
        m_symbols.reserve(symbols);
    }
    std::size_t size() const { return m_symbols.size(); }

    void append(std::uint32_t begin, std::uint32_t bytes, std::uint32_t id)
    {
        const auto index = static_cast<std::int32_t>(m_symbols.size());
        if (index > 0)
            m_symbols.back().next = index;
        m_symbols.push_back({begin, bytes, id, index - 1, -1});
    }

    // `mergeOf(left, right)` answers with a Merge for two neighbouring symbols.
    template <typename MergeOf> void run(MergeOf mergeOf)
    {
        m_heap.clear();
        m_heap.reserve(m_symbols.size());
        for (std::size_t i = 1; i < m_symbols.size(); ++i)
            if (const Candidate candidate = candidateAt(static_cast<std::int32_t>(i - 1), mergeOf);
                candidate.bytes > 0)
                m_heap.push_back(candidate);
        std::make_heap(m_heap.begin(), m_heap.end(), laterFirst);
        while (!m_heap.empty()) {
            std::pop_heap(m_heap.begin(), m_heap.end(), laterFirst);
            const Candidate best = m_heap.back();
            m_heap.pop_back();
            const auto at = static_cast<std::int32_t>(best.key & 0xffffffffu);
            if (!join(at, best))
                continue;
            push(m_symbols[static_cast<std::size_t>(at)].previous, mergeOf);
            push(at, mergeOf);
        }
    }

    template <typename Visit> void forEach(Visit visit) const
    {
        for (std::int32_t i = m_symbols.empty() ? -1 : 0; i >= 0;
             i = m_symbols[static_cast<std::size_t>(i)].next)
            visit(m_symbols[static_cast<std::size_t>(i)]);
    }

private:
    struct Candidate {
        std::uint64_t key = 0;   // rank, then index of the left symbol
        std::uint32_t bytes = 0; // of both symbols together; tells whether they still are what they were
        std::uint32_t id = 0;
    };

    static bool laterFirst(const Candidate& a, const Candidate& b) { return a.key > b.key; }

    template <typename MergeOf> Candidate candidateAt(std::int32_t left, MergeOf& mergeOf) const
    {
        const Symbol& a = m_symbols[static_cast<std::size_t>(left)];
        const Symbol& b = m_symbols[static_cast<std::size_t>(a.next)];
        const Merge merge = mergeOf(a, b);
        if (!merge.possible)
            return {};
        return {(std::uint64_t{merge.rank} << 32) | static_cast<std::uint32_t>(left), a.bytes + b.bytes,
                merge.id};
    }

    template <typename MergeOf> void push(std::int32_t left, MergeOf& mergeOf)
    {
        if (left < 0 || m_symbols[static_cast<std::size_t>(left)].next < 0)
            return;
        const Candidate candidate = candidateAt(left, mergeOf);
        if (candidate.bytes == 0)
            return;
        m_heap.push_back(candidate);
        std::push_heap(m_heap.begin(), m_heap.end(), laterFirst);
    }

    // False if the candidate is out of date. A symbol only ever grows to the right, so equal lengths mean
    // equal symbols.
    bool join(std::int32_t at, const Candidate& candidate)
    {
        Symbol& left = m_symbols[static_cast<std::size_t>(at)];
        if (left.bytes == 0 || left.next < 0)
            return false;
        Symbol& right = m_symbols[static_cast<std::size_t>(left.next)];
        if (left.bytes + right.bytes != candidate.bytes)
            return false;
        left.bytes = candidate.bytes;
        left.id = candidate.id;
        left.next = right.next;
        right.bytes = 0;
        if (left.next >= 0)
            m_symbols[static_cast<std::size_t>(left.next)].previous = at;
        return true;
    }

    std::vector<Symbol> m_symbols;
    std::vector<Candidate> m_heap;
};

} // namespace lectern
