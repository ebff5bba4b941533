// The values of the worker as the JSON of the command line (README, "Command line"), also what the store keeps with an
// answer. Text that is not valid UTF-8 is replaced, so that writing can not fail.
#pragma once

#include "app/worker/values.h"

#include <nlohmann/json.hpp>

namespace lectern {

using Json = nlohmann::ordered_json;

Json toJson(const StepTimings& timing);
Json toJson(const KvUsage& kv);
Json toJson(const EvidencePassage& passage);
Json toJson(const IngestReply& reply);
Json toJson(const AnswerReply& reply);
Json toJson(const Error& error); // {"error": {...}}
Json evidenceJson(const std::vector<EvidencePassage>& evidence);
// Timing, KV and counts of an answer, without its text.
Json statsJson(const AnswerReply& reply);

// One line or, `pretty`, indented.
std::string dumpJson(const Json& json, bool pretty);

} // namespace lectern
