#include "engine/attention/rope.h"

#include <cmath>
#include <numeric>

namespace lectern {

RopeTable::RopeTable(const RopeSettings& settings) : m_settings(settings)
{
    setContext(0);
}

void RopeTable::setContext(std::int64_t context)
{
    if (context == m_context)
        return;
    m_context = context;
    m_frequencies = scaledFrequencies(m_settings.scaling, m_settings.base, m_settings.dimensions, context);
    for (std::size_t i = 0; i < m_frequencies.size(); ++i) {
        const double divisor = i < m_settings.divisors.size() ? m_settings.divisors[i] : 1.0;
        m_frequencies[i] *= m_settings.positionScale / divisor;
    }
}

void RopeTable::fill(std::int64_t firstPosition, int count)
{
    m_positions.resize(static_cast<std::size_t>(count));
    std::iota(m_positions.begin(), m_positions.end(), firstPosition);
    fill(m_positions);
}

void RopeTable::fill(std::span<const std::int64_t> positions)
{
    const double magnitude = m_settings.scaling.magnitude;
    m_cos.clear();
    m_sin.clear();
    for (const std::int64_t position : positions) {
        for (const double frequency : m_frequencies) {
            const double angle = static_cast<double>(position) * frequency;
            m_cos.push_back(static_cast<float>(magnitude * std::cos(angle)));
            m_sin.push_back(static_cast<float>(magnitude * std::sin(angle)));
        }
    }
}

void applyRope(const RopeTable& table, int row, float* x, int heads, int headDim)
{
    const RopeSettings& settings = table.settings();
    const int pairs = settings.dimensions / 2;
    const float* cosines = table.cosRow(row);
    const float* sines = table.sinRow(row);
    // Both layouts rotate (a, b); they differ in where a pair's members lie.
    const int stride = settings.layout == RopeLayout::Norm ? 2 : 1;
    const int partner = settings.layout == RopeLayout::Norm ? 1 : pairs;
    for (int head = 0; head < heads; ++head, x += headDim) {
        for (int i = 0; i < pairs; ++i) {
            float& a = x[i * stride];
            float& b = x[i * stride + partner];
            const float rotated = a * cosines[i] - b * sines[i];
            b = a * sines[i] + b * cosines[i];
            a = rotated;
        }
    }
}

} // namespace lectern
