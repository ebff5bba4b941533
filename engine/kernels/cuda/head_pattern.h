// An attention pattern as the device's kernels take it.
#pragma once

#include "engine/attention/patterns.h"
#include "engine/kernels/cuda/cuda_api.h"

namespace lectern {

LecternCudaHead deviceHead(const HeadPattern& pattern);

} // namespace lectern
