// Comparisons and needle tests as the JSON of the command line.
#pragma once

#include "app/worker/experiment_values.h"
#include "app/worker/json.h"

namespace lectern {

Json toJson(const PlanOutcome& outcome);
Json toJson(const NeedleCell& cell);

} // namespace lectern
