// One question, the same documents, several plans: answers, evidence, times, memory, and how far the predictions of the
// next token drift apart along the text. The plans run one after the other, each in a cache of its own that is freed
// before the next, so that a comparison needs no more memory than its largest plan.
#pragma once

#include "app/worker/experiment_values.h"
#include "app/worker/reading_prompt.h"
#include "engine/run/engine_session.h"

#include <functional>
#include <memory>

namespace lectern {

// Called on the comparing thread. Empty functions are not called.
struct ComparisonListener {
    std::function<void(const std::string& plan)> started;
    std::function<void(const PrefillProgress&)> prefill;
    std::function<void(const std::string& text)> text; // of the answer under the plan started last
    std::function<void(const PlanOutcome&)> finished;
};

// `documents`: those of the prompt. Cancelled is an error here: an unfinished comparison says nothing.
Result<std::vector<PlanOutcome>> comparePlans(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool,
                                              const ReadingPrompt& prompt, const std::vector<Document>& documents,
                                              const PlanComparisonSettings& settings,
                                              const ComparisonListener& listener, const CancelToken& cancel);

// D(first || second) in nats of the distributions that two rows of logits of equal length stand for.
double klDivergence(std::span<const float> first, std::span<const float> second);

} // namespace lectern
