// A small random generator with the same numbers on every machine and compiler (splitmix64, Steele et al.
// 2014). The standard library's distributions differ between implementations, so nothing in resources/ uses
// them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern {

class SplitMix {
public:
    explicit SplitMix(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next()
    {
        m_state += 0x9e3779b97f4a7c15u;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    // A number in [0, count), count > 0. The bias of the remainder is below 2^-40 for the small counts used
    // here.
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
    // A number in [low, high].
    int between(int low, int high)
    {
        return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1)));
    }
    // True `percent` times of a hundred.
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

private:
    std::uint64_t m_state;
};

} // namespace lectern
