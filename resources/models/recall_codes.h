// Sign codes of tokens for the recall model (recall_layout.h says how they are used).
#pragma once

#include "resources/models/recall_layout.h"

#include <array>
#include <cstdint>
#include <vector>

namespace lectern::recall {

// 64 signs, one a bit: bit i set means +1 at place i.
using Code = std::uint64_t;

inline float sign(Code code, std::size_t place)
{
    return (code >> place) & 1u ? 1.0f : -1.0f;
}

// One code a token, the same on every machine. Any two differ in at least 16 places, save those of BOS and
// END, which are equal: what stands at the first token means "end of answer".
std::vector<Code> tokenCodes();

// The code of tokens newest first: the product of their codes, each rotated by kShift places a step back.
template <std::size_t N> Code productCode(const std::array<Code, N>& newestFirst)
{
    Code product = ~Code{0};
    for (std::size_t back = 0; back < N; ++back) {
        const unsigned turn = static_cast<unsigned>(kShift * back % kCode);
        const Code code = newestFirst[back];
        // Place i of the result reads place i + turn; equal signs give +1.
        product = ~(product ^ (turn == 0 ? code : (code >> turn) | (code << (kCode - turn))));
    }
    return product;
}

} // namespace lectern::recall
