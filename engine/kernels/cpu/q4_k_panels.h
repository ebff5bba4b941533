// Q4_K weights regrouped so that sixteen rows lie in the lanes of one vector: a step of four columns is one load, the
// activations are broadcast, and nothing is summed across lanes. Numbers and bits are the file's own, in another order;
// products are exact but for the activations' 22 bits (split_activations.h). Only where hasVnni().
#pragma once

#include "engine/kernels/cpu/split_activations.h"
#include "engine/quant/q4_k.h"

namespace lectern {

constexpr int kPanelGroup = 16; // rows side by side

// 256 columns of 16 rows.
struct PanelQ4_K {
    std::uint16_t scales[kPanelGroup], offsetScales[kPanelGroup]; // f16 bits
    std::uint8_t factors[8][kPanelGroup], offsets[8][kPanelGroup]; // of each sub-block of 32 columns
    // Word 8p + j of a row: columns 64p + 4j + 0..3 in the low halves of its bytes, 32 columns on in the high halves.
    std::uint32_t nibbles[32][kPanelGroup];
};
static_assert(sizeof(PanelQ4_K) == 2368);

// rows: kPanelGroup rows of `blocks` blocks, each row after the other. panels: [blocks].
void packPanels(const BlockQ4_K* rows, int blocks, PanelQ4_K* panels);

// out[0..16) = the dot products of a group's rows with x.
void dotPanels(const PanelQ4_K* panels, int blocks, const SplitActivations& x, float* out);

// out[column * stride + 0..16) = the weights of `blocks` blocks, in f32.
void unpackPanels(const PanelQ4_K* panels, int blocks, float* out, int stride);

} // namespace lectern
