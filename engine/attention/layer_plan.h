// Which keys each layer and KV head keeps: the plan a session runs under, as data.
// Plan strings are those of the command line: full | longgen[:...] | longgen-block[:...] | window[:...] |
// auto. LongGen (arXiv 2410.01485): the middle third of the layers keeps full attention, the first and last
// floor(L/3) are sparse; every number can be set, because the paper leaves some open.
#pragma once

#include "engine/attention/patterns.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace lectern {

struct LayerPlan {
    std::string text;                             // the string it was made from, "auto" resolved
    std::vector<std::vector<HeadPattern>> layers; // [layer][KV head]

    int layerCount() const { return static_cast<int>(layers.size()); }
    bool isFullLayer(int layer) const;
    // "full", "sink+window", "strided" or "mixed".
    std::string layerKind(int layer) const;
};

struct PlanShape {
    int layers = 0;
    int kvHeads = 0;
    int queryHeads = 0; // 0: as many as KV heads
    // Keys each layer of the model sees, the query's own included; 0: all. Empty: all layers see all. A layer
    // with a window keeps it under every plan, so that "full" means all that the model sees.
    std::vector<std::int64_t> windows{};
};

// Usage error that names the part which is wrong. `modelPlan` is what "auto" stands for ("" = full).
Result<LayerPlan> parsePlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan);

} // namespace lectern
