// Attention of one query in float64, by the definition: scores of all visible keys, softmax, weighted sum.
#pragma once

#include "tests/support/mask_cases.h"

#include <vector>

namespace lectern::test {

// The keys and values of one KV head, [position][headDim].
struct ReferenceHead {
    int headDim = 0;
    std::vector<double> keys, values;
};

struct ReferenceRow {
    std::vector<double> probabilities; // by key position, 0 where the mask hides the key
    std::vector<double> out;           // [headDim]
};

struct ScoreRule {
    double scale = 1;
    double softcap = 0; // 0: none
};

// The query as it stands before a key.
using QueryFor = std::function<const double*(std::int64_t key)>;

ReferenceRow referenceAttention(const QueryFor& query, const ReferenceHead& head, std::int64_t position,
                                const ScoreRule& rule, const Mask& keeps);

// The largest difference of two rows over the largest magnitude of the second (at least `floor`).
double rowError(const float* got, const std::vector<double>& wanted, double floor = 1e-30);
// The norm of the difference over the norm of the second.
double normError(const float* got, const std::vector<double>& wanted);

} // namespace lectern::test
