// Weights regrouped for the processor's fastest products: a copy that is made once, when a model is first computed with,
// and read in place of the file's rows from then on. Which types: cpu/panel_types.h.
#pragma once

#include "engine/base/aligned_buffer.h"
#include "engine/kernels/linear.h"

#include <memory>
#include <mutex>

namespace lectern {

struct PanelType;

class WeightPanels {
public:
    // nullptr where such weights have no panels on this processor. `weights` must stay where its data is.
    static std::unique_ptr<WeightPanels> of(const LinearWeights& weights);

    // Regroups the weights; any thread. True the first time; without memory there are no panels, and products read the
    // rows.
    bool prepare(ThreadPool& pool);

    // Rows in panels, from the first; 0 until prepared. What is left over is multiplied from the file's rows.
    int rows() const { return m_rows; }
    const PanelType& type() const { return *m_type; }
    int blocks() const { return m_blocks; } // of a row
    // Of the 16 rows from `row`, a multiple of 16: [blocks()] panels.
    const std::byte* group(int row) const;
    // What the panels were made from.
    std::span<const std::byte> source() const { return m_source; }

private:
    WeightPanels() = default;
    std::span<const std::byte> m_source;
    std::size_t m_rowBytes = 0;
    const PanelType* m_type = nullptr;
    int m_groups = 0, m_blocks = 0;
    std::once_flag m_once;
    AlignedBuffer m_memory;
    int m_rows = 0;
};

} // namespace lectern
