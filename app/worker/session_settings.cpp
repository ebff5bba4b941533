#include "app/worker/session_settings.h"

#include "app/worker/json.h"

namespace lectern {

Status checkDevice(const EngineSettings& settings)
{
    if (settings.device == "auto" || settings.device == "cpu")
        return {};
    return fail(ErrorCode::Device,
                "This version computes on the CPU; the device \"" + settings.device + "\" cannot be used.",
                "Choose the device auto or cpu.");
}

namespace {

std::string savedPositions(const std::string& savedPlan)
{
    const Json json = Json::parse(savedPlan, nullptr, false);
    const bool known = json.is_object() && json.contains("positions") && json["positions"].is_string();
    return known ? json["positions"].get<std::string>() : std::string();
}

} // namespace

SessionSettings sessionSettings(const EngineSettings& settings, std::int64_t context, const std::string& savedPlan)
{
    SessionSettings session;
    session.plan = settings.plan;
    session.positions = settings.positions;
    if (isSettledAtOpening(settings.positions))
        if (const std::string saved = savedPositions(savedPlan); saved.starts_with("e2:"))
            session.positions = saved;
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
    generate.rules = model.answerRules();
    return generate;
}

} // namespace lectern
