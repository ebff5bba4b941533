#include "ui/common/theme.h"

#include "ui/common/color_math.h"

#include <algorithm>
#include <cmath>

namespace lectern {

namespace {

// Hues, in degrees: the one place where they are chosen. Lightness always comes from the palette.
// Blue, amber, teal and magenta stay apart for the common kinds of colour blindness; lightness differs as well.
constexpr double kFullHue = 255, kSinkHue = 75, kWindowHue = 175, kStridedHue = 345;
constexpr double kGoodHue = 150, kWarningHue = 75, kBadHue = 25, kEvidenceHue = 95;

QColor onBackground(const QColor& background, bool dark, double hue, double lightOnDark, double lightOnLight,
                    double ratio)
{
    return readableOn(background, toColor({dark ? lightOnDark : lightOnLight, 0.15, hue}), ratio);
}

} // namespace

Theme::Theme(const QPalette& palette)
{
    background = palette.color(QPalette::Base);
    text = palette.color(QPalette::Text);
    dark = luminance(background) < luminance(text);
    mutedText = readableOn(background, mixColors(text, background, 0.38), 4.6);
    line = readableOn(background, mixColors(text, background, 0.7), 1.6);
    grid = mixColors(text, background, 0.88);
    accent = palette.color(QPalette::Highlight);
    card = mixColors(palette.color(QPalette::Window), palette.color(QPalette::WindowText), dark ? 0.07 : 0.04);
    good = onBackground(background, dark, kGoodHue, 0.78, 0.5, 4.5);
    warning = onBackground(background, dark, kWarningHue, 0.8, 0.52, 4.5);
    bad = onBackground(background, dark, kBadHue, 0.72, 0.52, 4.5);
    reference = readableOn(background, mixColors(text, background, 0.25), 4.5);
    headClass[int(HeadClass::Full)] = onBackground(background, dark, kFullHue, 0.68, 0.5, 3.0);
    headClass[int(HeadClass::Sink)] = onBackground(background, dark, kSinkHue, 0.82, 0.66, 3.0);
    headClass[int(HeadClass::Window)] = onBackground(background, dark, kWindowHue, 0.76, 0.62, 3.0);
    headClass[int(HeadClass::Strided)] = onBackground(background, dark, kStridedHue, 0.7, 0.56, 3.0);
    const QColor marker = toColor({dark ? 0.72 : 0.86, 0.16, kEvidenceHue});
    evidence = mixColors(background, marker, dark ? 0.3 : 0.5);
    evidenceCurrent = mixColors(background, marker, 0.95);
    findMatch = mixColors(background, accent, 0.35);
}

QColor Theme::textOn(const QColor& marker) const
{
    return contrastRatio(text, marker) >= contrastRatio(background, marker) ? text : background;
}

QColor Theme::attentionShade(double strength) const
{
    const QColor strong = toColor({dark ? 0.6 : 0.75, 0.16, kFullHue + 40});
    return mixColors(background, strong, (dark ? 0.6 : 0.75) * std::clamp(strength, 0.0, 1.0));
}

} // namespace lectern
