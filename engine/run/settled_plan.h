// What is asked for a session in text (a plan, KV types, a position method), settled for a model and a context: the one
// place where they are read together, for the session itself and for all that tells its cost beforehand.
#pragma once

#include "engine/kv/kv_layouts.h"
#include "engine/model/model.h"

#include <string>

namespace lectern {

struct SettledPlan {
    LayerPlan plan; // with the texts of the settled positions and KV types: what a record of the session keeps
    PositionPlan positions;
    KvTypes types;
};

// `modelPlan` is what the plan "auto" stands for. `context`: tokens the session has room for. The errors of readPlan(),
// resolvePositions() and kvTypesFor().
Result<SettledPlan> settlePlan(const Model& model, const std::string& modelPlan, const std::string& plan,
                               const std::string& positions, const std::string& kvType, std::int64_t context);

} // namespace lectern
