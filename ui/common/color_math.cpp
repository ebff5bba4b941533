#include "ui/common/color_math.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lectern {

namespace {

struct Linear {
    double r, g, b;
};

double toLinear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double fromLinear(double channel)
{
    return channel <= 0.0031308 ? channel * 12.92 : 1.055 * std::pow(channel, 1.0 / 2.4) - 0.055;
}

Linear linearOf(const OkLch& value)
{
    const double angle = value.hue * std::numbers::pi / 180.0;
    const double a = value.chroma * std::cos(angle), b = value.chroma * std::sin(angle);
    const double l = std::pow(value.lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(value.lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(value.lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool isShowable(const Linear& c)
{
    constexpr double kSlack = 1e-4;
    const auto fits = [](double v) { return v >= -kSlack && v <= 1 + kSlack; };
    return fits(c.r) && fits(c.g) && fits(c.b);
}

struct Lab {
    double l, a, b;
};

Lab labOf(const QColor& color)
{
    const double r = toLinear(color.redF()), g = toLinear(color.greenF()), b = toLinear(color.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

} // namespace

QColor toColor(const OkLch& value)
{
    OkLch shown = value;
    shown.lightness = std::clamp(value.lightness, 0.0, 1.0);
    double low = 0, high = std::max(0.0, value.chroma);
    if (!isShowable(linearOf({shown.lightness, high, shown.hue}))) {
        for (int i = 0; i < 20; ++i) {
            const double middle = (low + high) / 2;
            (isShowable(linearOf({shown.lightness, middle, shown.hue})) ? low : high) = middle;
        }
        shown.chroma = low;
    }
    const Linear c = linearOf(shown);
    const auto channel = [](double v) { return float(std::clamp(fromLinear(std::clamp(v, 0.0, 1.0)), 0.0, 1.0)); };
    return QColor::fromRgbF(channel(c.r), channel(c.g), channel(c.b));
}

OkLch toOkLch(const QColor& color)
{
    const Lab lab = labOf(color);
    return {lab.l, std::hypot(lab.a, lab.b), std::atan2(lab.b, lab.a) * 180.0 / std::numbers::pi};
}

double colorDistance(const QColor& a, const QColor& b)
{
    const Lab x = labOf(a), y = labOf(b);
    return std::hypot(x.l - y.l, x.a - y.a, x.b - y.b);
}

double luminance(const QColor& color)
{
    return 0.2126 * toLinear(color.redF()) + 0.7152 * toLinear(color.greenF()) + 0.0722 * toLinear(color.blueF());
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

QColor mixColors(const QColor& a, const QColor& b, double t)
{
    const auto mix = [t](float x, float y) { return float(x + (y - x) * t); };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

QColor readableOn(const QColor& background, const QColor& wanted, double ratio)
{
    OkLch value = toOkLch(wanted);
    const double step = luminance(background) > 0.18 ? -0.01 : 0.01;
    QColor result = wanted;
    while (contrastRatio(result, background) < ratio && value.lightness > 0 && value.lightness < 1) {
        value.lightness += step;
        result = toColor(value);
    }
    return result;
}

} // namespace lectern
