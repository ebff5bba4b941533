// Numbers as a person reads them, in the user's locale, with units. Pure functions.
#pragma once

#include <QString>

#include <cstdint>

namespace lectern {

QString formatBytes(std::uint64_t bytes); // "12.3 MiB"
QString formatCount(std::int64_t count);  // "12,345"
// `text` holds %Ln and, in English, "(s)" where the plural differs; translations bring their own plural
// forms.
QString formatPlural(const char* text, std::int64_t count);
QString formatTokens(std::int64_t count);      // "12,345 tokens", "1 token"
QString formatTokensShort(std::int64_t count); // "950", "12.3K", "1.2M": axis labels
QString formatRate(double tokensPerSecond);    // "41.2 tokens/s"; empty for 0
QString formatDuration(double milliseconds);   // "340 ms", "4.2 s", "3 min 12 s", "1 h 5 min"
QString formatPercent(double fraction, int decimals = 0);
QString formatParameters(std::uint64_t count); // "44M", "1.1B"
// A mass or score for a read-out: enough digits to tell small ones apart.
QString formatShare(double fraction); // "12.4 %", "0.031 %", "0 %"

// A step for axis labels, 1, 2 or 5 times a power of ten, giving at most `maxSteps` over `range` (> 0).
double niceStep(double range, int maxSteps);
// The same for bytes: a power of two times 1, 2, 4 ... so that labels read well in KiB or MiB.
std::uint64_t niceByteStep(std::uint64_t range, int maxSteps);

} // namespace lectern
