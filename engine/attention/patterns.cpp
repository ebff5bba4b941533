#include "engine/attention/patterns.h"

namespace lectern {

std::int64_t windowBegin(const HeadPattern& pattern, std::int64_t query)
{
    return std::visit([&](const auto& p) { return p.windowBegin(query); }, pattern);
}

KeyRun nextKept(const HeadPattern& pattern, std::int64_t from)
{
    return std::visit([&](const auto& p) { return p.nextKept(from); }, pattern);
}

const char* patternKind(const HeadPattern& pattern)
{
    return std::visit([](const auto& p) { return p.kKind; }, pattern);
}

std::string describePattern(const HeadPattern& pattern)
{
    return std::visit([](const auto& p) { return p.describe(); }, pattern);
}

bool isFull(const HeadPattern& pattern) { return std::holds_alternative<FullPattern>(pattern); }

bool sees(const HeadPattern& pattern, std::int64_t query, std::int64_t key)
{
    return key <= query && (key >= windowBegin(pattern, query) || nextKept(pattern, key).begin <= key);
}

namespace {

// Appends [begin, end), joined to the last span where both touch and mean the same.
void appendSpan(std::vector<KeySpan>& spans, std::int64_t begin, std::int64_t end, bool windowed)
{
    if (begin >= end)
        return;
    if (!spans.empty() && spans.back().end == begin && spans.back().windowed == windowed)
        spans.back().end = end;
    else
        spans.push_back({begin, end, windowed});
}

// A stretch of the local part: below `certain` some queries of the tile no longer see it.
void appendLocal(std::vector<KeySpan>& spans, std::int64_t begin, std::int64_t end, std::int64_t certain)
{
    const std::int64_t split = std::clamp(certain, begin, std::max(begin, end));
    appendSpan(spans, begin, split, true);
    appendSpan(spans, split, end, false);
}

} // namespace

void spansForQueries(const HeadPattern& pattern, std::int64_t queryBegin, std::int64_t queryEnd,
                     std::vector<KeySpan>& spans)
{
    spans.clear();
    const std::int64_t localBegin = windowBegin(pattern, queryBegin);
    const std::int64_t certain = windowBegin(pattern, queryEnd - 1);
    std::int64_t cursor = 0;
    while (cursor < queryEnd) {
        const KeyRun kept = nextKept(pattern, cursor);
        const std::int64_t keptBegin = std::min(std::max(kept.begin, cursor), queryEnd);
        const std::int64_t keptEnd = std::min(kept.end, queryEnd);
        appendLocal(spans, std::max(cursor, localBegin), keptBegin, certain);
        appendSpan(spans, keptBegin, keptEnd, false);
        cursor = std::max(keptEnd, keptBegin);
    }
}

} // namespace lectern
