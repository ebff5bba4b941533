#include "tests/support/reference_attention.h"

#include <algorithm>
#include <cmath>

namespace lectern::test {

ReferenceRow referenceAttention(const QueryFor& query, const ReferenceHead& head, std::int64_t position,
                                const ScoreRule& rule, const Mask& keeps)
{
    const auto n = static_cast<std::size_t>(head.headDim);
    ReferenceRow row;
    row.probabilities.assign(static_cast<std::size_t>(position) + 1, 0.0);
    std::vector<std::pair<std::size_t, double>> scores;
    double largest = -INFINITY;
    for (std::int64_t key = 0; key <= position; ++key) {
        if (!keeps(position, key))
            continue;
        const auto at = static_cast<std::size_t>(key);
        const double* turned = query(key);
        double score = 0;
        for (std::size_t i = 0; i < n; ++i)
            score += turned[i] * head.keys[at * n + i];
        score *= rule.scale;
        if (rule.softcap > 0)
            score = rule.softcap * std::tanh(score / rule.softcap);
        scores.emplace_back(at, score);
        largest = std::max(largest, score);
    }
    double sum = 0;
    for (auto& [at, score] : scores)
        sum += score = std::exp(score - largest);
    row.out.assign(n, 0.0);
    for (const auto& [at, score] : scores) {
        row.probabilities[at] = score / sum;
        for (std::size_t i = 0; i < n; ++i)
            row.out[i] += score / sum * head.values[at * n + i];
    }
    return row;
}

double rowError(const float* got, const std::vector<double>& wanted, double floor)
{
    double worst = 0, scale = floor;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const double difference = std::abs(got[i] - wanted[i]);
        worst = difference <= worst ? worst : difference; // a NaN stays
        scale = std::max(scale, std::abs(wanted[i]));
    }
    return worst / scale;
}

double normError(const float* got, const std::vector<double>& wanted)
{
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        difference += (got[i] - wanted[i]) * (got[i] - wanted[i]);
        norm += wanted[i] * wanted[i];
    }
    return std::sqrt(difference / std::max(norm, 1e-300));
}

} // namespace lectern::test
