#include "engine/run/sampler.h"

#include <algorithm>
#include <cmath>

namespace lectern {

Sampler::Sampler(const SamplerSettings& settings) : m_settings(settings), m_random(settings.seed) {}

void Sampler::accept(TokenId token)
{
    m_recent.push_back(token);
    const auto window = static_cast<std::size_t>(std::max(0, m_settings.repetitionWindow));
    if (m_recent.size() > window)
        m_recent.erase(m_recent.begin());
}

void Sampler::penalise(std::span<float> logits) const
{
    if (m_settings.repetitionPenalty == 1.0)
        return;
    std::vector<TokenId> distinct = m_recent;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const auto penalty = static_cast<float>(m_settings.repetitionPenalty);
    for (const TokenId token : distinct) {
        float& logit = logits[static_cast<std::size_t>(token)];
        logit = logit > 0 ? logit / penalty : logit * penalty;
    }
}

Result<TokenId> Sampler::pick(std::span<float> logits)
{
    penalise(logits);
    // Comparisons with NaN are false, so a NaN never becomes the best.
    std::size_t best = logits.size();
    for (std::size_t i = 0; i < logits.size(); ++i)
        if (std::isfinite(logits[i]) && (best == logits.size() || logits[i] > logits[best]))
            best = i;
    if (best == logits.size())
        return fail(ErrorCode::Internal, "The model's output is not a number any more.",
                    "The model file may be damaged; check it, or choose another plan or KV type.");
    return m_settings.temperature <= 0 ? static_cast<TokenId>(best) : draw(logits);
}

TokenId Sampler::draw(std::span<const float> logits)
{
    m_candidates.clear();
    for (std::size_t i = 0; i < logits.size(); ++i)
        if (std::isfinite(logits[i]))
            m_candidates.push_back({static_cast<TokenId>(i), logits[i]});
    const auto better = [](const Candidate& a, const Candidate& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
    };
    std::size_t keep = m_candidates.size();
    if (m_settings.topK > 0)
        keep = std::min(keep, static_cast<std::size_t>(m_settings.topK));
    std::partial_sort(m_candidates.begin(), m_candidates.begin() + std::ptrdiff_t(keep), m_candidates.end(), better);
    m_candidates.resize(keep);

    const double best = m_candidates.front().weight;
    double total = 0;
    for (Candidate& candidate : m_candidates) {
        candidate.weight = std::exp((candidate.weight - best) / m_settings.temperature);
        total += candidate.weight;
    }
    double sum = 0;
    std::size_t count = 0;
    const double floor = m_settings.minP * m_candidates.front().weight;
    while (count < keep && (count == 0 || (sum < m_settings.topP * total && m_candidates[count].weight >= floor)))
        sum += m_candidates[count++].weight;
    double left = std::generate_canonical<double, 53>(m_random) * sum;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        left -= m_candidates[i].weight;
        if (left < 0)
            return m_candidates[i].token;
    }
    return m_candidates[count - 1].token;
}

} // namespace lectern
