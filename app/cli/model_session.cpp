#include "app/cli/model_session.h"

#include "app/worker/resources.h"
#include "app/worker/session_settings.h"

namespace lectern {

Result<std::shared_ptr<const LoadedModel>> openModel(const CommandLine& line, const std::string& model)
{
    const auto path = modelPath(model);
    if (!path)
        return failed(path);
    auto loaded = LoadedModel::open(*path, line.engine().adapters);
    if (loaded)
        for (const std::string& warning : (*loaded)->warnings())
            line.note(warning);
    return loaded;
}

Result<std::unique_ptr<EngineSession>> openSession(const CommandLine& line, const LoadedModel& model,
                                                   std::int64_t tokens)
{
    const EngineSettings& engine = line.engine();
    if (const Status usable = checkDevice(engine); !usable)
        return failed(usable);
    return EngineSession::open(model.model(), model.plan(), std::make_shared<ThreadPool>(engine.threads),
                               sessionSettings(engine, std::max(tokens, engine.context)));
}

EngineSession::Progress showProgress(const CommandLine& line)
{
    return [&line](const PrefillProgress& progress) {
        const double fresh = double(progress.doneTokens - progress.reusedTokens);
        const double rate = progress.elapsedMs > 0 ? 1000.0 * fresh / progress.elapsedMs : 0.0;
        char text[160];
        std::snprintf(text, sizeof text, "Reading %lld of %lld tokens (%.0f%%), %.0f tokens/s, %.0f s left",
                      static_cast<long long>(progress.doneTokens), static_cast<long long>(progress.totalTokens),
                      100.0 * double(progress.doneTokens) / double(progress.totalTokens), rate,
                      rate > 0 ? double(progress.totalTokens - progress.doneTokens) / rate : 0.0);
        line.progress(text);
    };
}

std::vector<std::string> splitPlans(const std::string& text)
{
    const bool plain = text.find(';') == std::string::npos && text.find(':') == std::string::npos;
    return CLI::detail::split(text, plain ? ',' : ';');
}

Result<std::vector<TokenId>> parseIds(const std::string& text)
{
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool bare = first == std::string::npos || text[first] != '[';
    const auto parsed = nlohmann::json::parse(bare ? "[" + text + "]" : text, nullptr, false);
    std::vector<TokenId> ids;
    if (parsed.is_array()) {
        for (const auto& value : parsed) {
            if (!value.is_number_integer() || value.get<std::int64_t>() < 0 || value.get<std::int64_t>() > INT32_MAX)
                break;
            ids.push_back(value.get<TokenId>());
        }
    }
    if (!parsed.is_array() || ids.size() != parsed.size())
        return fail(ErrorCode::Usage, "The token ids are not a list of whole numbers from 0.",
                    "Write them as 1,2,3 or as a JSON list.");
    return ids;
}

} // namespace lectern
