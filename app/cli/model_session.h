// A model and one engine session for commands that run text through it without a store.
#pragma once

#include "app/cli/command_line.h"
#include "engine/run/engine_session.h"

namespace lectern {

// With the adapters of --adapter.
Result<std::shared_ptr<const LoadedModel>> openModel(const CommandLine& line, const std::string& model);
// With room for `tokens` tokens, or --context if that is larger.
Result<std::unique_ptr<EngineSession>> openSession(const CommandLine& line, const LoadedModel& model,
                                                   std::int64_t tokens);
EngineSession::Progress showProgress(const CommandLine& line);

// "full,longgen" as its parts. Where a plan has options, which stand behind commas too, semicolons part the plans.
std::vector<std::string> splitPlans(const std::string& text);

// "1,2,3" or a JSON list, as token ids.
Result<std::vector<TokenId>> parseIds(const std::string& text);

} // namespace lectern
