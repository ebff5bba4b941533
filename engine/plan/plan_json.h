// Plans as documents, to be saved with a session or in a model file and to be edited by hand:
//   {"lectern_plan": 1, "text": "longgen", "positions": "e2:4", "kv_types": "full=f16,window=q8_0",
//    "layers": [{"heads": [{"kind": "sink+window", "sink": 64, "window": 2048, "block": 64}, ...]}, ...]}
// One entry a layer, from layer 0; "heads" has one pattern a KV head, or one object that stands for all of
// them.
//   full           every key
//   sink+window    the first `sink` tokens, and the last `window` tokens in blocks of `block` (1: token by
//   token) sink+chunk     DuoAttention's chunk-wise prefill: sink, recent, chunk, in tokens strided the last
//   `local` blocks of `block` tokens and every `stride`th, `phase` blocks early
// "text", "positions" and "kv_types" may be left out.
#pragma once

#include "engine/attention/layer_plan.h"

namespace lectern {

// One line, or indented to be read.
std::string planToJson(const LayerPlan& plan, bool indented);

// Usage error that names layer and head; a plan for another shape is one too. Layers with a window of the
// model's own must keep it.
Result<LayerPlan> planFromJson(const std::string& text, const PlanShape& shape);
Result<LayerPlan> readPlanFile(const std::string& path, const PlanShape& shape);

} // namespace lectern
