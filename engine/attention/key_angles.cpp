#include "engine/attention/key_angles.h"

#include <cmath>

namespace lectern {

void KeyAngles::set(const RopeTable& table, std::int64_t context)
{
    const std::vector<double>& frequencies = table.frequencies();
    const double magnitude = table.settings().scaling.magnitude;
    m_layout = table.settings().layout;
    m_pairs = static_cast<int>(frequencies.size());
    const std::int64_t pages = (context + kRun - 1) / kRun;
    m_pageCos.clear();
    m_pageSin.clear();
    for (std::int64_t page = 0; page < pages; ++page) {
        for (const double frequency : frequencies) {
            const double angle = static_cast<double>(page * kRun) * frequency;
            m_pageCos.push_back(static_cast<float>(magnitude * std::cos(angle)));
            m_pageSin.push_back(static_cast<float>(magnitude * std::sin(angle)));
        }
    }
    m_runCos.clear();
    m_runSin.clear();
    for (const double frequency : frequencies) {
        for (int j = 0; j < kRun; ++j) {
            m_runCos.push_back(static_cast<float>(std::cos(j * frequency)));
            m_runSin.push_back(static_cast<float>(std::sin(j * frequency)));
        }
    }
}

void KeyAngles::turn(std::int64_t position, float* key) const
{
    const float* baseCos = pageCos(position / kRun);
    const float* baseSin = pageSin(position / kRun);
    const auto j = static_cast<std::ptrdiff_t>(position % kRun);
    const int stride = m_layout == RopeLayout::Norm ? 2 : 1;
    const int partner = m_layout == RopeLayout::Norm ? 1 : m_pairs;
    for (int pair = 0; pair < m_pairs; ++pair) {
        const float c = m_runCos[std::size_t(pair * kRun + j)], s = m_runSin[std::size_t(pair * kRun + j)];
        const float cosine = baseCos[pair] * c - baseSin[pair] * s;
        const float sine = baseSin[pair] * c + baseCos[pair] * s;
        float& a = key[pair * stride];
        float& b = key[pair * stride + partner];
        const float turned = a * cosine - b * sine;
        b = a * sine + b * cosine;
        a = turned;
    }
}

} // namespace lectern
