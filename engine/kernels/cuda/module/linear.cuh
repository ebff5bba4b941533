// Products with weights; see cuda_api.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/cuda/cuda_api.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <string>

namespace lectern::cuda {

// True where the device's layout is the file's, row after row.
bool isPlainWeight(int type);
std::size_t deviceWeightBytes(int type, int rows, int cols); // 0: not a type or shape of the device
// The device's layout of a matrix as it lies in a file.
std::string deviceWeights(int type, int rows, int cols, const void* from);

cudaError_t launchGemv(const LecternCudaLinear& op, cudaStream_t stream);   // op.tokens == 1
cudaError_t launchUnpack(const LecternCudaLinear& op, cudaStream_t stream); // into op.unpacked
// out (+)= x weights^T, both f16; for machines without cuBLAS.
cudaError_t launchGemm(const __half* weights, const LecternCudaLinear& op, cudaStream_t stream);
cudaError_t launchAddBias(float* out, const float* bias, int rows, int stride, int tokens,
                          cudaStream_t stream);
cudaError_t launchEmbed(int type, const void* table, int rows, int width, const std::int32_t* tokens,
                        int count, float scale, float* out, cudaStream_t stream);

} // namespace lectern::cuda
