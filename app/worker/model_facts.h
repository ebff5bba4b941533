// What the window and `model info` show of an opened model.
#pragma once

#include "app/worker/values.h"
#include "engine/run/loaded_model.h"

namespace lectern {

ModelFacts modelFacts(const LoadedModel& model, const LayerPlan& plan, int threads);

// "AVX-512", "AVX2" or "SSE2": what the kernels run on here.
const char* cpuInstructionSet();

} // namespace lectern
