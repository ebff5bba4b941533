// Maps 0..1 to colour for heat maps: from dark violet over teal to pale yellow, lightness rising evenly, so that equal
// differences look equal, also in grey and with any colour blindness.
#pragma once

#include <QColor>

#include <array>

namespace lectern {

constexpr int kColorMapSize = 256;

// 0xffRRGGBB by index; made once.
const std::array<QRgb, kColorMapSize>& heatColors();
QRgb heatColor(double value); // clamped to 0..1

} // namespace lectern
