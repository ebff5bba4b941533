// Well-known shapes, for benchmarks on random weights.
#pragma once

#include "engine/model/model.h"

namespace lectern {

// "llama-44m, tinyllama-1.1b, ..."
std::string modelShapeNames();

// Usage error naming the shapes or types there are. `weights`: a tensor type, in any case.
Result<std::shared_ptr<const Model>> randomModelOfShape(const std::string& shape, const std::string& weights);

} // namespace lectern
