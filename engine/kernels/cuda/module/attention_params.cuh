// The attention kernels and what they are given.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuda_fp16.h>

#include "engine/kernels/cuda/module/pattern.cuh"

#include <cuda_runtime.h>

namespace lectern::cuda {

struct AttentionParams {
    const std::byte* queries;
    __half* out;
    std::byte* outSplit; // or null; decode of one token
    const std::byte* pool;
    const std::int32_t* pageTable;
    int tableStride;
    const LecternCudaHead* heads;
    const std::int32_t* position;
    int tokens, group, kvHeads, headDim;
    float scale, softcap;
    // Decode: [parts][rows][D] and [parts][rows][2] (maximum, sum)
    float *partials, *partialSums;
    int splits;                      // of each head, where there are no starts
    const std::int32_t* splitStarts; // [kvHeads + 1] or null
    int parts;                       // of all heads

    __device__ int rows() const { return tokens * group; }
    // Queries of a KV head lie in pages of 64 rows, an even number of them.
    __device__ int queryPages() const { return (rows() + 2 * kPage - 1) / (2 * kPage) * 2; }
    __device__ __half* outRow(int kvHead, int row) const
    {
        const int head = kvHead * group + row % group;
        return out + (std::size_t(row / group) * group * kvHeads + head) * headDim;
    }
};

// Each returns the launch's error. headDim must be at most 256.
cudaError_t launchPrefill80(const AttentionParams& params, cudaStream_t stream);
cudaError_t launchPrefill90(const AttentionParams& params, cudaStream_t stream);
cudaError_t launchDecode(const AttentionParams& params, cudaStream_t stream);

} // namespace lectern::cuda
