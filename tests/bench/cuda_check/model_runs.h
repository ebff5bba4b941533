// Whole models on the CPU and on the GPU, side by side.
#pragma once

#include "engine/model/cuda_runner.h"
#include "engine/model/decoder.h"

namespace lectern::check {

// 0 if everything is right.
int checkModels(const std::shared_ptr<CudaDevice>& device, const std::string& miniModel);
struct ModelTiming {
    std::string shape, type;
    std::int64_t context = 0;
    std::string plan; // a plan's text, or "duo:0.25"
};
int timeModels(const std::shared_ptr<CudaDevice>& device, const std::vector<ModelTiming>& timings);
// Greedy text of the recall model, which is known by construction, after so many tokens.
int recallAt(const std::shared_ptr<CudaDevice>& device, const std::string& miniModel, int tokens);

} // namespace lectern::check
