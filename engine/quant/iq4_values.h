// The 16 values that IQ4_NL and IQ4_XS levels stand for: denser near zero, as weights are.
#pragma once

#include <array>
#include <cstdint>

namespace lectern {

inline constexpr std::array<std::int8_t, 16> kIq4Values{-127, -104, -83, -65, -49, -35, -22, -10,
                                                        1,    13,   25,  38,  53,  69,  89,  113};

// The level whose value is nearest; NaN gives 0.
inline std::uint8_t iq4Level(float value)
{
    std::uint8_t level = 0;
    for (std::size_t next = 1; next < kIq4Values.size(); ++next)
        level = static_cast<std::uint8_t>(
            level + (value * 2 > static_cast<float>(kIq4Values[next - 1] + kIq4Values[next])));
    return level;
}

// For the scale search (scale_search.h).
struct Iq4Grid {
    float low = kIq4Values.front(), high = kIq4Values.back();

    float nearest(float value) const { return kIq4Values[iq4Level(value)]; }
};

} // namespace lectern
