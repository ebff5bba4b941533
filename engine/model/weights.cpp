#include "engine/model/weights.h"

namespace lectern {

void addPanels(ModelWeights& weights)
{
    const auto add = [&](LinearWeights& matrix) {
        auto panels = WeightPanels::of(matrix);
        if (!panels)
            return;
        matrix.panels = panels.get();
        weights.panels.push_back(std::move(panels));
    };
    for (LayerWeights& layer : weights.layers)
        for (LinearWeights* matrix : {&layer.query, &layer.key, &layer.value, &layer.attentionOut, &layer.gate,
                                      &layer.up, &layer.down})
            add(*matrix);
    add(weights.output);
}

} // namespace lectern
