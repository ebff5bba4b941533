#include "app/worker/session_settings.h"

namespace lectern {

Status checkDevice(const EngineSettings& settings)
{
    if (settings.device == "auto" || settings.device == "cpu")
        return {};
    return fail(ErrorCode::Device,
                "This version computes on the CPU; the device \"" + settings.device + "\" cannot be used.",
                "Choose the device auto or cpu.");
}

SessionSettings sessionSettings(const EngineSettings& settings, std::int64_t context)
{
    SessionSettings session;
    session.plan = settings.plan;
    session.kvType = settings.kvType;
    session.context = context;
    return session;
}

GenerateSettings generateSettings(const GenerationSettings& settings, const LoadedModel& model)
{
    GenerateSettings generate;
    generate.sampler.temperature = settings.temperature;
    generate.sampler.topK = settings.topK;
    generate.sampler.topP = settings.topP;
    generate.sampler.minP = settings.minP;
    generate.sampler.repetitionPenalty = settings.repetitionPenalty;
    generate.sampler.seed = settings.seed;
    generate.maxTokens = settings.maxTokens;
    generate.stopAtSentence = model.stopsAtSentence();
    return generate;
}

} // namespace lectern
