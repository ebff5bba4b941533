// The online softmax (arXiv 2205.14135) on accumulator fragments: a thread of a group of four holds, of two
// rows eight apart, the column pairs 8 j + 2 (lane % 4): s[4j], s[4j + 1] of the first row, s[4j + 2], s[4j +
// 3] of the second.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuda_fp16.h>

#include "engine/kernels/cuda/module/pattern.cuh"

namespace lectern::cuda {

constexpr float kLog2E = 1.4426950408889634f;

__device__ inline float exp2Fast(float x)
{
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

__device__ inline std::uint32_t packHalves(float low, float high)
{
    const __half2 pair = __floats2half2_rn(low, high);
    return *reinterpret_cast<const std::uint32_t*>(&pair);
}

struct RowPair {
    int query[2];  // positions
    int window[2]; // the first key of each one's local part
};

__device__ inline RowPair rowPairOf(const LecternCudaHead& head, int position, int row, int group)
{
    RowPair rows;
    for (int i = 0; i < 2; ++i) {
        rows.query[i] = position + (row + 8 * i) / group;
        rows.window[i] = windowBegin(head, rows.query[i]);
    }
    return rows;
}

// Hides what the pattern hides of the 64 keys of a page; `s` are the page's columns. page < 0: all of them.
template <int Count>
__device__ inline void maskPage(float* s, const LecternCudaHead& head, const RowPair& rows, int page,
                                int lane)
{
    static_assert(Count % 4 == 0);
    std::uint32_t kept[2] = {0, 0};
    if (head.keptLength > 0)
        for (int half = 0; half < 2; ++half)
            kept[half] = __ballot_sync(0xffffffffu, inKeptRun(head, page * kPage + 32 * half + lane));
    const int base = page < 0 ? 0x40000000 : page * kPage;
#pragma unroll
    for (int i = 0; i < Count; ++i) {
        const int column = i / 4 * 8 + lane % 4 * 2 + i % 2;
        const int key = base + column;
        const bool isKept = kept[column / 32] >> column % 32 & 1;
        if (key > rows.query[i / 2 % 2] || (key < rows.window[i / 2 % 2] && !isKept))
            s[i] = -INFINITY;
    }
}

template <int Count> __device__ inline void capScores(float (&s)[Count], float scale, float cap)
{
#pragma unroll
    for (int i = 0; i < Count; ++i)
        s[i] = cap * (1.0f - 2.0f / (__expf(2.0f * s[i] * scale / cap) + 1.0f));
}

struct SoftmaxRows {
    float maximum[2] = {-INFINITY, -INFINITY};
    float sum[2] = {0, 0}; // of this thread's columns

    // s becomes the probabilities before division; fix[i]: the factor of what was summed before.
    template <int Count> __device__ void absorb(float (&s)[Count], float scaleLog2, float (&fix)[2])
    {
        float now[2] = {maximum[0], maximum[1]};
#pragma unroll
        for (int i = 0; i < Count; ++i)
            now[i / 2 % 2] = fmaxf(now[i / 2 % 2], s[i]);
        float shift[2];
#pragma unroll
        for (int r = 0; r < 2; ++r) {
            now[r] = fmaxf(now[r], __shfl_xor_sync(0xffffffffu, now[r], 1));
            now[r] = fmaxf(now[r], __shfl_xor_sync(0xffffffffu, now[r], 2));
            shift[r] = now[r] == -INFINITY ? 0.0f : now[r] * scaleLog2;
            fix[r] = exp2Fast(maximum[r] * scaleLog2 - shift[r]);
            maximum[r] = now[r];
            sum[r] *= fix[r];
        }
#pragma unroll
        for (int i = 0; i < Count; ++i) {
            s[i] = exp2Fast(s[i] * scaleLog2 - shift[i / 2 % 2]);
            sum[i / 2 % 2] += s[i];
        }
    }

    __device__ void finish()
    {
        for (int r = 0; r < 2; ++r) {
            sum[r] += __shfl_xor_sync(0xffffffffu, sum[r], 1);
            sum[r] += __shfl_xor_sync(0xffffffffu, sum[r], 2);
        }
    }
};

} // namespace lectern::cuda
