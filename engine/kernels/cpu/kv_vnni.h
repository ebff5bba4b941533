// One query's attention over quantised pages with AVX512-VNNI byte dot products: levels are multiplied as
// they stand, by queries and probabilities of 15 bits cut into two bytes, so that what is lost beside float
// arithmetic is their rounding to 2^-15 of the largest of their block: far below the step of the levels. Only where hasVnni().
#pragma once

#include "engine/kv/kv_page.h"

#include <cstdint>
#include <vector>

namespace lectern {

// Rows of queries, [rows][padded dim], x ~ scale of the block of 32 * (high * 128 + low).
struct SplitRows {
    int headDim = 0;
    std::vector<std::int8_t> high, low;
    std::vector<float> scales;      // [rows][blocks]; NaN where the row is not finite
    std::vector<std::int32_t> sums; // [rows][blocks] of the whole numbers

    void assign(const float* rows, int count, int headDim);
};

// Some consecutive rows of a SplitRows.
struct QueryRows {
    const SplitRows* split = nullptr;
    int first = 0;
    int count = 0;
};

// scores[row][64] = query . key for every key of the page, q8_0 or q4_0.
// headDim is a multiple of 16. `next`: the page that comes after, whose memory is asked for meanwhile; may be
// nullptr.
void scoresVnni(const KvPageLayout& layout, const std::byte* page, const std::byte* next,
                const QueryRows& queries, float* scores);

// out[row][headDim] += sum over the page's tokens of probabilities[row][64] * value.
void addValuesVnni(const KvPageLayout& layout, const std::byte* page, const std::byte* next,
                   const float* probabilities, int rows, float* out);

} // namespace lectern
