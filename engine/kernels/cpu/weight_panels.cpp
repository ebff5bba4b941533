#include "engine/kernels/weight_panels.h"

#include "engine/kernels/cpu/q4_k_panels.h"
#include "engine/kernels/cpu/vnni.h"

namespace lectern {

std::unique_ptr<WeightPanels> WeightPanels::of(const LinearWeights& weights)
{
    if (weights.type != TensorType::Q4_K || weights.rows < kPanelGroup || !hasVnni())
        return nullptr;
    std::unique_ptr<WeightPanels> panels(new WeightPanels);
    panels->m_groups = weights.rows / kPanelGroup;
    panels->m_blocks = weights.cols / kSplitBlock;
    panels->m_rowBytes = weights.rowBytes;
    panels->m_source = {weights.data, std::size_t(panels->m_groups) * kPanelGroup * weights.rowBytes};
    return panels;
}

bool WeightPanels::prepare(ThreadPool& pool)
{
    bool made = false;
    std::call_once(m_once, [&] {
        auto memory = AlignedBuffer::allocate(std::size_t(m_groups) * std::size_t(m_blocks) * sizeof(PanelQ4_K),
                                              "regrouped weights");
        if (!memory)
            return;
        m_memory = std::move(*memory);
        pool.parallelFor(m_groups, [&](int group, int) {
            const std::byte* rows = m_source.data() + std::size_t(group) * kPanelGroup * m_rowBytes;
            packPanels(reinterpret_cast<const BlockQ4_K*>(rows), m_blocks,
                       m_memory.as<PanelQ4_K>() + std::ptrdiff_t(group) * m_blocks);
        });
        m_rows = m_groups * kPanelGroup;
        made = true;
    });
    return made;
}

const PanelQ4_K* WeightPanels::group(int row) const
{
    return m_memory.as<PanelQ4_K>() + std::ptrdiff_t(row / kPanelGroup) * m_blocks;
}

} // namespace lectern
