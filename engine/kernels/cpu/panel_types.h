// Weight types whose rows are regrouped for processors with AVX512-VNNI, so that sixteen rows lie in the lanes of one
// vector: a step of four columns is one load, the activations are broadcast, and nothing is summed across lanes. Numbers
// and bits are the file's own, in another order; products are exact but for the activations' 22 bits
// (split_activations.h). Only where hasVnni().
#pragma once

#include "engine/base/tensor_type.h"
#include "engine/kernels/cpu/split_activations.h"

#include <cstddef>

namespace lectern {

constexpr int kPanelGroup = 16; // rows side by side

struct PanelType {
    TensorType type;
    int columns;       // of a panel: of a block of the file's
    std::size_t bytes; // of a panel: kPanelGroup blocks
    // rows: kPanelGroup rows of `blocks` blocks, each row after the other. panels: [blocks].
    void (*pack)(const std::byte* rows, int blocks, std::byte* panels);
    // out[0..16) = the dot products of a group's rows with x.
    void (*dot)(const std::byte* panels, int blocks, const SplitActivations& x, float* out);
    // out[column * stride + 0..16) = the weights of `blocks` blocks, in f32.
    void (*unpack)(const std::byte* panels, int blocks, float* out, int stride);
};

extern const PanelType kPanelsQ4_K, kPanelsQ8_0;

// nullptr where weights of this type have no panels on this processor.
const PanelType* panelType(TensorType type);

} // namespace lectern
