// Colour arithmetic in OKLab (Ottosson 2020), where equal steps look equal. Pure functions, any thread.
#pragma once

#include <QColor>

namespace lectern {

struct OkLch {
    double lightness = 0; // 0 black .. 1 white
    double chroma = 0;    // 0 grey .. about 0.3
    double hue = 0;       // degrees
};

// The nearest colour a screen can show: chroma is lowered until sRGB holds it, lightness and hue stay.
QColor toColor(const OkLch& value);
OkLch toOkLch(const QColor& color);
// Distance in OKLab; about 0.02 is just noticeable.
double colorDistance(const QColor& a, const QColor& b);

// WCAG 2 relative luminance (0..1) and contrast ratio (1..21).
double luminance(const QColor& color);
double contrastRatio(const QColor& a, const QColor& b);

// t = 0 gives a, t = 1 gives b.
QColor mixColors(const QColor& a, const QColor& b, double t);
// `wanted` with its lightness moved away from `background` until the contrast ratio is at least `ratio`.
QColor readableOn(const QColor& background, const QColor& wanted, double ratio);

} // namespace lectern
