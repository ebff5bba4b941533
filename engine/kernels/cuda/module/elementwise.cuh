// The small operations between the products; see cuda_api.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/cuda/cuda_api.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace lectern::cuda {

struct NormParams {
    const float *x, *weight, *bias;
    bool layerNorm;
    float epsilon;
    __half* outHalf;
    std::byte* outSplit; // or null
    float *outFloat, *addTo;
    int width;
};

cudaError_t launchNorm(const NormParams& params, int tokens, cudaStream_t stream);
cudaError_t launchAngles(const double* frequencies, int pairs, double magnitude, const std::int32_t* position,
                         float* cosSin, int tokens, cudaStream_t stream);
cudaError_t launchRopeAppend(const LecternCudaRope& rope, cudaStream_t stream);
cudaError_t launchActivate(int kind, const float* gateUp, __half* out, std::byte* outSplit, int tokens,
                           int width, cudaStream_t stream);
cudaError_t launchToHalf(const float* x, __half* out, std::size_t count, cudaStream_t stream);
cudaError_t launchAdd(float* x, const float* y, std::size_t count, cudaStream_t stream);
cudaError_t launchSoftcap(float* x, float cap, std::size_t count, cudaStream_t stream);
cudaError_t launchArgmax(const float* x, int count, std::int32_t* out, cudaStream_t stream);
cudaError_t launchAdvance(std::int32_t* value, int by, cudaStream_t stream);
cudaError_t launchMovePages(const void* fromPool, void* toPool, int pageBytes, const std::int32_t* pairs,
                            int count, cudaStream_t stream);

} // namespace lectern::cuda
