#include "engine/kernels/cpu/softmax_tile.h"

#include "engine/kv/kv_page.h"

#include <algorithm>
#include <cmath>

namespace lectern {

void maskScores(const SoftmaxTile& tile, const KeyBounds& bounds)
{
    const std::int64_t pageBegin = bounds.page * kPageTokens;
    for (int row = 0; row < tile.rows; ++row) {
        const std::int64_t query = tile.firstPosition + row / tile.group;
        std::int64_t begin = bounds.begin;
        if (bounds.windowed)
            begin = std::max(begin, windowBegin(*bounds.windowed, query) - pageBegin);
        const std::int64_t end = std::min<std::int64_t>(bounds.end, query + 1 - pageBegin);
        float* scores = tile.scores + row * kPageTokens;
        const auto from = static_cast<int>(std::clamp<std::int64_t>(begin, 0, kPageTokens));
        const auto to = static_cast<int>(std::clamp<std::int64_t>(end, from, kPageTokens));
        std::fill(scores, scores + from, kMasked);
        std::fill(scores + to, scores + kPageTokens, kMasked);
    }
}

std::vector<KeyBounds> pageBounds(const std::vector<KeySpan>& spans, const HeadPattern& pattern,
                                  std::int64_t firstPosition, std::int64_t stretch)
{
    std::vector<KeyBounds> pages;
    for (const KeySpan& span : spans) {
        for (std::int64_t begin = span.begin; begin < span.end;) {
            const std::int64_t page = begin / kPageTokens;
            const std::int64_t pageBegin = page * kPageTokens;
            std::int64_t end = std::min(span.end, pageBegin + kPageTokens);
            KeyBounds bounds;
            if (stretch > 0) {
                end = std::min(end, (begin / stretch + 1) * stretch);
                bounds.querySet = static_cast<int>(std::min<std::int64_t>(firstPosition / stretch - begin / stretch, 2));
            }
            bounds.page = page;
            bounds.begin = static_cast<int>(begin - pageBegin);
            bounds.end = static_cast<int>(end - pageBegin);
            bounds.windowed = span.windowed ? &pattern : nullptr;
            bounds.needed = span.windowed || bounds.begin > 0 || bounds.end < kPageTokens || end - 1 > firstPosition;
            pages.push_back(bounds);
            begin = end;
        }
    }
    return pages;
}

void mergeTiles(SoftmaxTile& into, const SoftmaxTile& other)
{
    for (int row = 0; row < into.rows; ++row) {
        const float maximum = std::max(into.maxima[row], other.maxima[row]);
        const float mine = std::exp2(into.maxima[row] - maximum);
        const float theirs = std::exp2(other.maxima[row] - maximum);
        into.maxima[row] = maximum;
        into.sums[row] = into.sums[row] * mine + other.sums[row] * theirs;
        float* out = into.out + row * into.outStride;
        const float* add = other.out + row * other.outStride;
        for (int i = 0; i < into.outStride; ++i)
            out[i] = out[i] * mine + add[i] * theirs;
    }
}

void addMasses(const std::vector<PageTrace::Visit>& visits, float maximum, float sum, std::vector<float>& mass)
{
    for (const PageTrace::Visit& visit : visits)
        mass[static_cast<std::size_t>(visit.page)] += visit.sum * std::exp2(visit.maximum - maximum) / sum;
}

} // namespace lectern
