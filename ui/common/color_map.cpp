#include "ui/common/color_map.h"

#include "ui/common/color_math.h"

#include <algorithm>

namespace lectern {

const std::array<QRgb, kColorMapSize>& heatColors()
{
    static const std::array<QRgb, kColorMapSize> colors = [] {
        std::array<QRgb, kColorMapSize> made{};
        for (int i = 0; i < kColorMapSize; ++i) {
            const double t = double(i) / (kColorMapSize - 1);
            made[std::size_t(i)] = toColor({0.2 + 0.74 * t, 0.13, 300 - 195 * t}).rgb();
        }
        return made;
    }();
    return colors;
}

QRgb heatColor(double value)
{
    const double clamped = value > 0 ? std::min(value, 1.0) : 0.0; // NaN gives 0
    return heatColors()[std::size_t(clamped * (kColorMapSize - 1) + 0.5)];
}

} // namespace lectern
