// Turns the queries and keys of a chunk of tokens as one kind of layer does (positions.h). One thread
// prepares, several may turn.
#pragma once

#include "engine/attention/key_angles.h"
#include "engine/attention/positions.h"

namespace lectern {

class TokenRotation {
public:
    explicit TokenRotation(const LayerPositions& positions);

    // True if keys cached under one context are wrong under another.
    bool keysDependOn(std::int64_t context, std::int64_t otherContext) const;
    // For the tokens [first, first + count) of a session with room for `context` tokens. `length`: of the
    // text being read, which the tokens belong to.
    void prepare(std::int64_t context, std::int64_t first, int count, std::int64_t length);

    // Row `row` of the chunk: consecutive heads of headDim floats, as they are cached.
    void turnKeys(int row, float* keys, int heads, int headDim) const;
    // In place. With Dual Chunk Attention the queries for keys of the stretch before and of older ones are
    // written too.
    void turnQueries(int row, float* queries, float* forStretchBefore, float* forOlderStretches, int heads,
                     int headDim) const;

    std::int64_t stretch() const { return m_positions.dual ? m_positions.dual->stretch : 0; }
    // Of keys that are cached before rotation; nullptr where they are not.
    const KeyAngles* keyAngles() const { return m_positions.turnedWhenRead ? &m_keyAngles : nullptr; }

private:
    LayerPositions m_positions;
    RopeTable m_own;             // of queries and keys by themselves
    RopeTable m_before, m_older; // of queries, with Dual Chunk Attention; m_older has one row
    KeyAngles m_keyAngles;
    std::int64_t m_context = -1;
    float m_keyFactor = 1, m_queryFactor = 1;
    std::vector<std::int64_t> m_rows;
};

} // namespace lectern
