#include "app/worker/experiment_json.h"

namespace lectern {

Json toJson(const PlanOutcome& outcome)
{
    Json divergence = Json::array();
    for (const PositionDivergence& place : outcome.divergence)
        divergence.push_back({{"position", place.position}, {"nats", place.nats}, {"same_top", place.sameTop}});
    return {{"plan", outcome.plan},
            {"answer", outcome.answer},
            {"evidence", evidenceJson(outcome.evidence)},
            {"prompt_tokens", outcome.timing.promptTokens},
            {"answer_tokens", outcome.timing.answerTokens},
            {"stop_reason", stopReasonName(outcome.stopReason)},
            {"timing", toJson(outcome.timing)},
            {"kv", toJson(outcome.kv)},
            {"mean_divergence_nats", outcome.meanDivergence()},
            {"top1_agreement", outcome.topAgreement()},
            {"divergence", std::move(divergence)}};
}

Json toJson(const NeedleCell& cell)
{
    return {{"plan", cell.plan},
            {"context", cell.context},
            {"depth", cell.depth},
            {"trials", cell.trials},
            {"passed", cell.passed},
            {"pass_rate", cell.trials > 0 ? double(cell.passed) / cell.trials : 0.0},
            {"prompt_tokens", cell.promptTokens},
            {"prefill_ms", cell.prefillMs},
            {"kv_bytes", cell.kvBytes},
            {"expected", cell.expected},
            {"answer", cell.answer}};
}

} // namespace lectern
