// The state of a tile of query rows while it walks over pages of keys, and what is worked out once per page.
#pragma once

#include "engine/attention/key_span.h"
#include "engine/attention/patterns.h"

#include <cstdint>
#include <vector>

namespace lectern {

constexpr float kLog2E = 1.44269504088896340736f;
// A masked score. Finite, so that a row that has seen no key yet subtracts to 0 and not to NaN; the first visible key
// then scales away what such a row has gathered.
constexpr float kMasked = -1e30f;

// Rows are (query, head of the group), query-major: row = query * group + head.
struct SoftmaxTile {
    int rows = 0;
    int group = 1;
    int headDim = 0;
    int outStride = 0; // headDim rounded up to whole vectors
    float softcap = 0;
    std::int64_t firstPosition = 0; // of query 0
    float* queries = nullptr; // [query sets][rows][headDim], scaled
    float* scores = nullptr;  // [rows][64]
    float* out = nullptr;     // [rows][outStride]
    float* maxima = nullptr;  // [rows]
    float* sums = nullptr;    // [rows]
};

// The keys of a page that a span offers: [begin, end) within the page, and the lower bound by arithmetic where windowed.
struct KeyBounds {
    std::int64_t page = 0;
    int begin = 0;
    int end = 0;
    const HeadPattern* windowed = nullptr;
    bool needed = false; // some row may not see some key of the page
    int querySet = 0;    // what the keys meet
};

// Joins the result of other keys, of the same queries, into `into` (log-sum-exp merge; exact).
void mergeTiles(SoftmaxTile& into, const SoftmaxTile& other);

void maskScores(const SoftmaxTile& tile, const KeyBounds& bounds);

// The pages a span touches, with their bounds for queries from `firstPosition` on, which all lie in one stretch where
// positions start again every `stretch` tokens (0: nowhere). A page that a stretch begins in comes once for each.
std::vector<KeyBounds> pageBounds(const std::vector<KeySpan>& spans, const HeadPattern& pattern,
                                  std::int64_t firstPosition, std::int64_t stretch);

// Remembers, for the rows from firstRow on, each page's sum and the maximum it was relative to, so that page masses can
// be worked out once the final maximum and sum are known.
struct PageTrace {
    struct Visit {
        std::int64_t page;
        float maximum, sum;
    };
    int firstRow = 0;
    std::vector<std::vector<Visit>> rows; // one a traced row

    void add(int row, std::int64_t page, float maximum, float sum)
    {
        rows[static_cast<std::size_t>(row)].push_back({page, maximum, sum});
    }
};

// Adds the visits' masses to mass[page].
void addMasses(const std::vector<PageTrace::Visit>& visits, float maximum, float sum, std::vector<float>& mass);

} // namespace lectern
