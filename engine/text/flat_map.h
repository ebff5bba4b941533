// A hash map from 64-bit keys to 32-bit values for tables built once and read often: open addressing, one
// array. kNoKey can not be stored. Reading is safe from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lectern {

class FlatMap {
public:
    static constexpr std::uint64_t kNoKey = ~std::uint64_t{0};
    static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};

    // False if the key is there already; the first value stays.
    bool insert(std::uint64_t key, std::uint32_t value)
    {
        if ((m_count + 1) * 2 > m_slots.size())
            grow();
        Slot& slot = m_slots[slotOf(key)];
        if (slot.key == key)
            return false;
        slot = {key, value};
        ++m_count;
        return true;
    }

    std::uint32_t find(std::uint64_t key) const
    {
        if (m_slots.empty())
            return kAbsent;
        const Slot& slot = m_slots[slotOf(key)];
        return slot.key == key ? slot.value : kAbsent;
    }

    std::size_t size() const { return m_count; }

private:
    struct Slot {
        std::uint64_t key = kNoKey;
        std::uint32_t value = 0;
    };

    std::size_t slotOf(std::uint64_t key) const
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t at = mix(key) & mask;
        while (m_slots[at].key != key && m_slots[at].key != kNoKey)
            at = (at + 1) & mask;
        return at;
    }

    // The finaliser of MurmurHash3: every key bit reaches the low bits.
    static std::uint64_t mix(std::uint64_t key)
    {
        key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdULL;
        key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53ULL;
        return key ^ (key >> 33);
    }

    void grow()
    {
        std::vector<Slot> old = std::move(m_slots);
        m_slots.assign(old.empty() ? 64 : old.size() * 2, Slot{});
        for (const Slot& slot : old)
            if (slot.key != kNoKey)
                m_slots[slotOf(slot.key)] = slot;
    }

    std::vector<Slot> m_slots;
    std::size_t m_count = 0;
};

} // namespace lectern
