// Which keys each layer and KV head keeps: the plan a session runs under, as data.
// Plan strings are those of the command line: full | longgen[:...] | longgen-block[:...] | window[:...] |
// duo:PATH[,...] | auto. LongGen (arXiv 2410.01485): the middle third of the layers keeps full attention, the first and
// last floor(L/3) are sparse; every number can be set, because the paper leaves some open. DuoAttention: duo_heads.h;
// LongGen's full layers may be split by it (duo=PATH).
#pragma once

#include "engine/attention/duo_heads.h"
#include "engine/attention/patterns.h"
#include "engine/base/result.h"

#include <string>
#include <vector>

namespace lectern {

struct LayerPlan {
    std::string text;                             // the string it was made from, "auto" resolved
    std::vector<std::vector<HeadPattern>> layers; // [layer][KV head]
    std::string positions; // the position method the plan asks for; "" leaves it open
    std::string kvTypes;   // the KV types it asks for, as --kv-type has them; "" leaves them open

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

// Usage error that names the part which is wrong. `modelPlan` is what "auto" stands for ("" = full). Without `readGates`
// plans that name a pattern folder are refused; engine/plan/plan_reader.h reads every plan there is.
Result<LayerPlan> parsePlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan,
                            const DuoReader& readGates = {});

// The names of the plans, "longgen, ...", for help texts.
std::string planNames();

} // namespace lectern
