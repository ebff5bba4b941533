#include "ui/common/format.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <climits>
#include <cmath>

namespace lectern {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Format", text);
}

QString number(double value, int decimals)
{
    return QLocale().toString(value, 'f', decimals);
}

} // namespace

QString formatBytes(std::uint64_t bytes)
{
    static constexpr const char* kUnits[] = {
        QT_TRANSLATE_NOOP("Format", "%1 B"), QT_TRANSLATE_NOOP("Format", "%1 KiB"),
        QT_TRANSLATE_NOOP("Format", "%1 MiB"), QT_TRANSLATE_NOOP("Format", "%1 GiB"),
        QT_TRANSLATE_NOOP("Format", "%1 TiB")};
    double value = double(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(kUnits)) {
        value /= 1024;
        ++unit;
    }
    const bool whole = unit == 0 || value == std::floor(value) || value >= 100;
    return tr(kUnits[unit]).arg(number(value, whole ? 0 : 1));
}

QString formatCount(std::int64_t count)
{
    return QLocale().toString(qlonglong(count));
}

QString formatPlural(const char* text, std::int64_t count)
{
    const int n = int(std::clamp<std::int64_t>(count, 0, INT_MAX));
    QString told = QCoreApplication::translate("Format", text, nullptr, n);
    told.replace(QLatin1String("(s)"), count == 1 ? QString() : QStringLiteral("s")); // English has no file
    return told;
}

QString formatTokens(std::int64_t count)
{
    return formatPlural(QT_TRANSLATE_NOOP("Format", "%Ln token(s)"), count);
}

QString formatTokensShort(std::int64_t count)
{
    const double value = double(count);
    if (count < 1000)
        return formatCount(count);
    if (count < 1'000'000 && count % 1024 == 0 && count % 1000 != 0)
        return tr("%1K").arg(formatCount(count / 1024)); // context lengths are told so
    if (count < 1'000'000)
        return tr("%1K").arg(number(value / 1000, count < 10'000 && count % 1000 >= 50 ? 1 : 0));
    return tr("%1M").arg(number(value / 1e6, count % 1'000'000 != 0 ? 1 : 0));
}

QString formatRate(double tokensPerSecond)
{
    if (!(tokensPerSecond > 0))
        return {};
    const int decimals = tokensPerSecond < 100 ? 1 : 0;
    return tr("%1 tokens/s").arg(number(tokensPerSecond, decimals));
}

QString formatDuration(double milliseconds)
{
    if (milliseconds < 1000)
        return tr("%1 ms").arg(number(std::max(0.0, milliseconds), 0));
    const double seconds = milliseconds / 1000;
    if (seconds < 60)
        return tr("%1 s").arg(number(seconds, seconds < 10 ? 1 : 0));
    const auto whole = std::int64_t(std::llround(seconds));
    if (whole < 3600)
        return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString formatPercent(double fraction, int decimals)
{
    return tr("%1 %").arg(number(100 * fraction, decimals));
}

QString formatParameters(std::uint64_t count)
{
    const double value = double(count);
    if (value >= 1e9)
        return tr("%1B").arg(number(value / 1e9, 1));
    if (value >= 1e6)
        return tr("%1M").arg(number(value / 1e6, value < 1e7 ? 1 : 0));
    return formatCount(std::int64_t(count));
}

QString formatShare(double fraction)
{
    const double percent = 100 * fraction;
    if (percent <= 0)
        return tr("%1 %").arg(0);
    const int decimals = percent >= 10 ? 1 : percent >= 1 ? 2 : 3;
    if (percent < 0.001)
        return tr("< %1 %").arg(number(0.001, 3));
    return tr("%1 %").arg(number(percent, decimals));
}

double niceStep(double range, int maxSteps)
{
    if (!(range > 0) || maxSteps < 1)
        return 1;
    const double raw = range / maxSteps;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0})
        if (factor * power >= raw * (1 - 1e-9))
            return factor * power;
    return 10 * power;
}

std::uint64_t niceByteStep(std::uint64_t range, int maxSteps)
{
    std::uint64_t step = 1;
    while (step < (std::uint64_t(1) << 62) && range / step > std::uint64_t(std::max(1, maxSteps)))
        step *= 2;
    return step;
}

} // namespace lectern
