#include "engine/kernels/weight_panels.h"

#include "engine/kernels/cpu/panel_types.h"

namespace lectern {

std::unique_ptr<WeightPanels> WeightPanels::of(const LinearWeights& weights)
{
    const PanelType* type = panelType(weights.type);
    if (!type || weights.rows < kPanelGroup)
        return nullptr;
    std::unique_ptr<WeightPanels> panels(new WeightPanels);
    panels->m_type = type;
    panels->m_groups = weights.rows / kPanelGroup;
    panels->m_blocks = weights.cols / type->columns;
    panels->m_rowBytes = weights.rowBytes;
    panels->m_source = {weights.data, std::size_t(panels->m_groups) * kPanelGroup * weights.rowBytes};
    return panels;
}

bool WeightPanels::prepare(ThreadPool& pool)
{
    bool made = false;
    std::call_once(m_once, [&] {
        const std::size_t groupBytes = std::size_t(m_blocks) * m_type->bytes;
        auto memory = AlignedBuffer::allocate(std::size_t(m_groups) * groupBytes, "regrouped weights");
        if (!memory)
            return;
        m_memory = std::move(*memory);
        pool.parallelFor(m_groups, [&](int group, int) {
            m_type->pack(m_source.data() + std::size_t(group) * kPanelGroup * m_rowBytes, m_blocks,
                         m_memory.data() + std::size_t(group) * groupBytes);
        });
        m_rows = m_groups * kPanelGroup;
        made = true;
    });
    return made;
}

const std::byte* WeightPanels::group(int row) const
{
    return m_memory.data() + std::size_t(row / kPanelGroup) * std::size_t(m_blocks) * m_type->bytes;
}

} // namespace lectern
