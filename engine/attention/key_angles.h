// The rotation of keys that were cached before it, for kernels that turn a page of keys as they read it:
// where the session's scale may change, the keys must not hold an older one. A key at position 64 p + j turns
// by the angles of 64 p and then by those of j, so a page needs one row of cosines and sines beside those
// that all pages share.
#pragma once

#include "engine/attention/rope.h"

namespace lectern {

class KeyAngles {
public:
    static constexpr int kRun = 64; // positions of a page

    // Angles for `context` tokens under the table's frequencies of now.
    void set(const RopeTable& table, std::int64_t context);

    RopeLayout layout() const { return m_layout; }
    int pairs() const { return m_pairs; }
    // Of position 64 * page: [pairs]. With the magnitude of the table.
    const float* pageCos(std::int64_t page) const
    {
        return m_pageCos.data() + std::ptrdiff_t(page) * m_pairs;
    }
    const float* pageSin(std::int64_t page) const
    {
        return m_pageSin.data() + std::ptrdiff_t(page) * m_pairs;
    }
    // Of the positions 0..63: [pairs][64]. Magnitude 1.
    const float* runCos() const { return m_runCos.data(); }
    const float* runSin() const { return m_runSin.data(); }

    // Turns one key of headDim floats that stands at `position`.
    void turn(std::int64_t position, float* key) const;

private:
    RopeLayout m_layout = RopeLayout::Norm;
    int m_pairs = 0;
    std::vector<float> m_pageCos, m_pageSin, m_runCos, m_runSin;
};

} // namespace lectern
