// Whole models on the CPU and on the GPU, side by side.
#pragma once

#include "engine/model/cuda_runner.h"
#include "engine/model/decoder.h"

namespace lectern::check {

// 0 if everything is right.
int checkModels(const std::shared_ptr<CudaDevice>& device, const std::string& miniModel);
int timeModels(const std::shared_ptr<CudaDevice>& device,
               const std::vector<std::pair<std::string, std::int64_t>>& shapesAndContexts);

} // namespace lectern::check
