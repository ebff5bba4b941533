// From the settings a person chose to those of the engine: the one place where they are translated and
// checked.
#pragma once

#include "app/worker/values.h"
#include "engine/run/engine_session.h"
#include "engine/run/generate.h"

namespace lectern {

// Device error for a device that this version can not use.
Status checkDevice(const EngineSettings& settings);

// `context`: tokens the session must have room for.
SessionSettings sessionSettings(const EngineSettings& settings, std::int64_t context);

GenerateSettings generateSettings(const GenerationSettings& settings, const LoadedModel& model);

} // namespace lectern
