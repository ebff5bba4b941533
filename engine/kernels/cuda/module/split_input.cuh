// Writes inputs of products split, as packed.cuh says, where the numbers are made. A warp's 32 threads hold
// the 32 neighbouring numbers of a block.
#pragma once

#include "engine/kernels/cuda/module/packed.cuh"

namespace lectern::cuda {

__device__ inline void storeSplit(float value, std::size_t element, std::size_t cols, std::byte* to)
{
    constexpr unsigned kAll = 0xffffffffu;
    float largest = fabsf(value);
    for (int step = 16; step > 0; step /= 2)
        largest = fmaxf(largest, __shfl_xor_sync(kAll, largest, step));
    const float scale = largest / kSplitRange;
    const int whole = __float2int_rn(largest > 0 ? value * (kSplitRange / largest) : 0.0f);
    const int a = (whole + 128) >> 8, b = whole - 256 * a;
    const std::size_t at = splitByteAt(cols, element);
    to[at] = std::byte(a & 255);
    to[at + cols] = std::byte(b & 255);
    int sum = whole;
    for (int step = 8; step > 0; step /= 2)
        sum += __shfl_xor_sync(kAll, sum, step);
    const int above = __shfl_xor_sync(kAll, sum, 16);
    if (element % kPackedBlock == 0)
        *reinterpret_cast<Floats4*>(to + 2 * cols + element / kPackedBlock * 16) = {
            scale, scale * float(sum), scale * float(above), scale * float(sum + above)};
}

} // namespace lectern::cuda
