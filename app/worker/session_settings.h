// From the settings a person chose to those of the engine: the one place where they are translated and
// checked.
#pragma once

#include "app/worker/values.h"
#include "engine/run/engine_session.h"
#include "engine/run/generate.h"

namespace lectern {

// Device error for a device that this version can not use.
Status checkDevice(const EngineSettings& settings);

// `context`: tokens the session must have room for. `savedPlan`: the plan kept with the session ("" if it is new): a
// scale that was settled when the session began stays.
SessionSettings sessionSettings(const EngineSettings& settings, std::int64_t context, const std::string& savedPlan = {});

GenerateSettings generateSettings(const GenerationSettings& settings, const LoadedModel& model);

} // namespace lectern
