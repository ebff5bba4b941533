// Q4_K rows against split activations with AVX512-VNNI byte dot products: about twice the speed of float arithmetic,
// exact but for the activations' 22 bits. Only where hasVnni().
#pragma once

#include "engine/kernels/cpu/split_activations.h"
#include "engine/quant/q4_k.h"

namespace lectern {

constexpr int kVnniRows = 4; // rows multiplied together: they share the loads of x

// out[r] = the dot product of row r, for kVnniRows rows of `blocks` K blocks, each row after the other in memory.
void dotRowsQ4KVnni(const BlockQ4_K* rows, int blocks, const SplitActivations& x, float* out);

} // namespace lectern
