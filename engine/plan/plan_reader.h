// Where plans come from: a plan string, a DuoAttention pattern folder that one names, a saved plan
// (FILE.json), or the document itself as text, as GGUF's lectern.plan and the session store hold it.
#pragma once

#include "engine/attention/layer_plan.h"

namespace lectern {

// `modelPlan` is what "auto" stands for ("" = full). Usage error that names the part which is wrong; NotFound
// or BadInput for files.
Result<LayerPlan> readPlan(const std::string& text, const PlanShape& shape, const std::string& modelPlan);

} // namespace lectern
