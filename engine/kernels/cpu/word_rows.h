// Rows of queries as two planes of 16-bit numbers, for products with quantised levels (level_products-inl.h).
// The second holds what rounding left of the first, so that scores are as good as sums of floats.
#pragma once

#include <cstdint>
#include <vector>

namespace lectern {

constexpr float kLargestWord = 32767;

struct WordRows {
    static constexpr int kPlanes = 2;
    static constexpr float kFineSteps = 2 * kLargestWord; // to a step of the first plane

    int paddedDim = 0;
    std::vector<std::int16_t>
        words; // [rows][planes][padded dim]; of each four elements first 0, 2, then 1, 3
    std::vector<float>
        scales; // [rows]: element = scale * (word + second word / kFineSteps); NaN: the row is not finite

    void resize(int rows, int padded)
    {
        paddedDim = padded;
        words.resize(kPlanes * static_cast<std::size_t>(rows) * static_cast<std::size_t>(padded));
        scales.resize(static_cast<std::size_t>(rows));
    }
};

} // namespace lectern
