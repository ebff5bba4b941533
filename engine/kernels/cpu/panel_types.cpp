#include "engine/kernels/cpu/panel_types.h"

#include "engine/kernels/cpu/vnni.h"

namespace lectern {

const PanelType* panelType(TensorType type)
{
    for (const PanelType* panels : {&kPanelsQ4_K, &kPanelsQ8_0})
        if (panels->type == type)
            return hasVnni() ? panels : nullptr;
    return nullptr;
}

} // namespace lectern
