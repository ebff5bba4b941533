// One attention layer on the device: its pages in shuffled places, filled through ropeAppend or with noise.
#pragma once

#include "engine/attention/patterns.h"
#include "tests/bench/cuda_check/gpu.h"

namespace lectern::check {

struct AttentionShapeCase {
    int heads = 1, kvHeads = 1, headDim = 128;
    int position = 0, tokens = 1;      // of the chunk
    std::vector<HeadPattern> patterns; // one a KV head, or one for all
    float softcap = 0;
    unsigned seed = 1;

    const HeadPattern& pattern(int kvHead) const { return patterns[std::size_t(kvHead) % patterns.size()]; }
};

class AttentionSetup {
public:
    // numbers: writes random queries, keys and values through ropeAppend, for reference(). Else the memory is
    // filled with noise, for timings.
    AttentionSetup(const Gpu& gpu, const AttentionShapeCase& shape, bool numbers);

    void run(int kernel) const;
    std::vector<float> out() const; // [tokens][heads * headDim]
    std::vector<double> reference(int token, int head) const;
    double visiblePairs() const; // of query and key, summed over query heads
    double keyBytes() const;     // of keys and values that a single query reads

private:
    void makeTable();
    void writeNumbers();
    void append(int first, int count);
    void fillWithNoise(const DeviceBuffer& buffer) const;
    std::size_t rowFloats() const
    {
        return std::size_t(m_shape.heads + 2 * m_shape.kvHeads) * std::size_t(m_shape.headDim);
    }

    const Gpu& m_gpu;
    AttentionShapeCase m_shape;
    int m_pages;
    DeviceBuffer m_pool, m_table, m_heads, m_position, m_queries, m_out, m_workspace;
    std::vector<float> m_qkv; // [position + tokens][heads + 2 kvHeads][headDim], as f16 holds them
};

} // namespace lectern::check
