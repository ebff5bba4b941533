// Products with weights; see cuda_api.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/cuda/cuda_api.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace lectern::cuda {

std::size_t deviceWeightBytes(int type, int rows, int cols); // 0: not a type or shape of the device
struct FileBlocks {
    int weights, bytes; // of a block in a file; 0 where the device keeps the file's layout
};
FileBlocks fileBlocks(int type);
// `count` blocks of a file, in device memory, into a matrix of so many weights, from its block `first` on.
cudaError_t launchRepack(int type, const void* from, std::size_t count, std::size_t first,
                         std::size_t weights, void* to, cudaStream_t stream);

cudaError_t launchGemv(const LecternCudaLinear& op, cudaStream_t stream); // op.tokens == 1
cudaError_t launchSplit(const __half* x, void* out, int cols, cudaStream_t stream);
cudaError_t launchUnpack(const LecternCudaLinear& op, cudaStream_t stream); // into op.unpacked
// out (+)= x weights^T, both f16; for machines without cuBLAS.
cudaError_t launchGemm(const __half* weights, const LecternCudaLinear& op, cudaStream_t stream);
cudaError_t launchAddBias(float* out, const float* bias, int rows, int stride, int tokens,
                          cudaStream_t stream);
cudaError_t launchEmbed(int type, const void* table, int rows, int width, const std::int32_t* tokens,
                        int count, float scale, float* out, cudaStream_t stream);

} // namespace lectern::cuda
