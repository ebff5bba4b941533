#include "engine/attention/token_rotation.h"

#include <algorithm>

namespace lectern {

TokenRotation::TokenRotation(const LayerPositions& positions)
    : m_positions(positions), m_own(positions.rope), m_before(positions.rope), m_older(positions.rope)
{
    if (m_positions.dual)
        m_older.fill(m_positions.dual->forOlderStretches(), 1);
}

bool TokenRotation::keysDependOn(std::int64_t context, std::int64_t otherContext) const
{
    const RopeSettings& rope = m_positions.rope;
    return !m_positions.turnedWhenRead &&
           scaledFrequencies(rope.scaling, rope.base, rope.dimensions, context) !=
               scaledFrequencies(rope.scaling, rope.base, rope.dimensions, otherContext);
}

void TokenRotation::prepare(std::int64_t context, std::int64_t first, int count, std::int64_t length)
{
    m_own.setContext(context);
    if (m_positions.turnedWhenRead && context != m_context)
        m_keyAngles.set(m_own, context);
    m_context = context;
    m_keyFactor = static_cast<float>(keyFactor(m_positions, length));
    m_queryFactor = static_cast<float>(queryFactor(m_positions, length));
    if (!m_positions.dual) {
        m_own.fill(first, count);
        return;
    }
    const auto fill = [&](RopeTable& table, auto positionOf) {
        m_rows.clear();
        for (int row = 0; row < count; ++row)
            m_rows.push_back(positionOf(first + row));
        table.fill(m_rows);
    };
    const DualChunk& dual = *m_positions.dual;
    fill(m_own, [&](std::int64_t position) { return dual.inOwnStretch(position); });
    fill(m_before, [&](std::int64_t position) { return dual.forStretchBefore(position); });
}

namespace {

void scaleBy(float factor, float* x, int count)
{
    if (factor != 1)
        for (int i = 0; i < count; ++i)
            x[i] *= factor;
}

} // namespace

void TokenRotation::turnKeys(int row, float* keys, int heads, int headDim) const
{
    if (!m_positions.turnedWhenRead)
        applyRope(m_own, row, keys, heads, headDim);
    scaleBy(m_keyFactor, keys, heads * headDim);
}

void TokenRotation::turnQueries(int row, float* queries, float* forStretchBefore, float* forOlderStretches,
                                int heads, int headDim) const
{
    scaleBy(m_queryFactor, queries, heads * headDim);
    if (m_positions.dual) {
        std::copy_n(queries, heads * headDim, forStretchBefore);
        std::copy_n(queries, heads * headDim, forOlderStretches);
        applyRope(m_before, row, forStretchBefore, heads, headDim);
        applyRope(m_older, 0, forOlderStretches, heads, headDim);
    }
    applyRope(m_own, row, queries, heads, headDim);
}

} // namespace lectern
