// Rotary position embedding (RoFormer, arXiv 2104.09864): angles made in float64, so that a base of 1e8 and a
// position of half a million keep their low bits. Keys are cached after rotation at their absolute position.
#pragma once

#include "engine/attention/rope_scaling.h"

#include <span>

namespace lectern {

enum class RopeLayout {
    Norm, // pairs (2i, 2i + 1): GGUF "llama"
    Neox, // pairs (i, i + n/2): Qwen, Gemma, Phi, ...
};

struct RopeSettings {
    RopeLayout layout = RopeLayout::Norm;
    int dimensions = 0; // rotated leading dimensions of a head; the rest pass through
    double base = 10000.0;
    double positionScale = 1.0;   // linear position interpolation: 1 / factor
    std::vector<double> divisors; // per pair, empty = all 1 (the file's rope_freqs tensor)
    RopeScaling scaling;          // of the frequencies, beside the two above
};

// cos and sin of `count` positions from `firstPosition`: row-major [count][dimensions / 2].
class RopeTable {
public:
    explicit RopeTable(const RopeSettings& settings);
    // Tokens of the session that the angles are for; some scalings depend on it. Costs nothing if unchanged.
    void setContext(std::int64_t context);
    void fill(std::int64_t firstPosition, int count);
    // The same for any positions, one a row.
    void fill(std::span<const std::int64_t> positions);

    const RopeSettings& settings() const { return m_settings; }
    // Radians per position, one a pair, for the context set.
    const std::vector<double>& frequencies() const { return m_frequencies; }
    const float* cosRow(int row) const
    {
        return m_cos.data() + static_cast<std::size_t>(row) * m_frequencies.size();
    }
    const float* sinRow(int row) const
    {
        return m_sin.data() + static_cast<std::size_t>(row) * m_frequencies.size();
    }

private:
    RopeSettings m_settings;
    std::int64_t m_context = -1;
    std::vector<double> m_frequencies; // radians per position, one a pair
    std::vector<std::int64_t> m_positions;
    std::vector<float> m_cos, m_sin;
};

// Rotates `heads` consecutive heads of `headDim` floats at x, all at the table's row.
void applyRope(const RopeTable& table, int row, float* x, int heads, int headDim);

} // namespace lectern
