// The needle test: is a fact found again at every depth of texts of every length, under every plan? One engine session a
// plan and length; the cells of it run from the deepest needle to the shallowest, so that what stands before the needle
// is read once where the plan allows.
#pragma once

#include "app/worker/experiment_values.h"
#include "engine/run/engine_session.h"
#include "engine/run/loaded_model.h"

#include <functional>
#include <memory>

namespace lectern {

// Called on the testing thread. Empty functions are not called.
struct NeedleListener {
    std::function<void(const PrefillProgress&)> prefill;
    std::function<void(const NeedleCell&)> finished; // one cell, in the order they are run
};

// In the order plan, context, depth, whatever order they ran in. The same seed hides the same needles under every plan.
Result<std::vector<NeedleCell>> runNeedleGrid(const LoadedModel& model, const std::shared_ptr<ThreadPool>& pool,
                                              const NeedleSettings& settings, const NeedleListener& listener,
                                              const CancelToken& cancel);

} // namespace lectern
