// Matrices on the device. F16 and Q4_K lie as in the file; of the others what is not a multiple of 16 bytes
// is set apart, so that every load is aligned:
//   Q8_0  whole numbers [rows][cols], then scales f16 [rows][cols / 32]
//   Q4_0  nibbles [rows][cols / 2] in the file's order, then scales f16 [rows][cols / 32]
//   Q6_K  per 256: 128 bytes of nibbles, 64 of high bits, 16 factors; then scales f16 [rows][cols / 256]
#pragma once

#include "engine/kernels/cuda/cuda_api.h"

#include <cuda_fp16.h>

#include <cstddef>
#include <cstdint>

namespace lectern::cuda {

// Eight neighbouring elements from column `col`, a multiple of 8.
template <int Type> struct Weights;

__device__ inline std::uint64_t load8Bytes(const std::byte* from)
{
    return __ldg(reinterpret_cast<const unsigned long long*>(from));
}

template <> struct Weights<LECTERN_CUDA_F16> {
    static constexpr int kBlock = 8;
    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols * 2; }
    __device__ static void load8(const std::byte* base, int, int cols, int row, int col, float (&out)[8])
    {
        const uint4 raw = __ldg(reinterpret_cast<const uint4*>(base + (std::size_t(row) * cols + col) * 2));
        const auto* pairs = reinterpret_cast<const __half2*>(&raw);
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const float2 pair = __half22float2(pairs[i]);
            out[2 * i] = pair.x;
            out[2 * i + 1] = pair.y;
        }
    }
};

template <> struct Weights<LECTERN_CUDA_Q8_0> {
    static constexpr int kBlock = 32;
    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols + rows * cols / 16; }
    __device__ static void load8(const std::byte* base, int rows, int cols, int row, int col, float (&out)[8])
    {
        const std::size_t at = std::size_t(row) * cols + col;
        const std::uint64_t numbers = load8Bytes(base + at);
        const auto* scales = reinterpret_cast<const __half*>(base + std::size_t(rows) * cols);
        const float scale = __half2float(scales[at / 32]);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            out[i] = scale * float(std::int8_t(numbers >> 8 * i));
    }
};

template <> struct Weights<LECTERN_CUDA_Q4_0> {
    static constexpr int kBlock = 32;
    static std::size_t bytes(std::size_t rows, std::size_t cols)
    {
        return rows * cols / 2 + rows * cols / 16;
    }
    __device__ static void load8(const std::byte* base, int rows, int cols, int row, int col, float (&out)[8])
    {
        const std::size_t at = std::size_t(row) * cols + col;
        const std::uint64_t nibbles = load8Bytes(base + at / 32 * 16 + col % 16) >> (col % 32 / 16 * 4);
        const auto* scales = reinterpret_cast<const __half*>(base + std::size_t(rows) * cols / 2);
        const float scale = __half2float(scales[at / 32]);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            out[i] = scale * float(int(nibbles >> 8 * i & 15) - 8);
    }
};

template <> struct Weights<LECTERN_CUDA_Q4_K> {
    static constexpr int kBlock = 256;
    static constexpr int kBlockBytes = 144;
    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols / 256 * 144; }

    // Scale and offset of sub-block 0..7 from the 16 bytes that a block begins with
    // (engine/quant/k_factors.h).
    __device__ static float2 factors(const uint4& head, int sub)
    {
        const __half2 scales = *reinterpret_cast<const __half2*>(&head.x);
        const std::uint32_t low = sub % 4 * 8;
        std::uint32_t scale = head.y >> low & 255, offset = head.z >> low & 255;
        if (sub < 4) {
            scale &= 63;
            offset &= 63;
        } else {
            const std::uint32_t mixed = head.w >> low & 255;
            scale = (mixed & 15) | scale >> 6 << 4;
            offset = mixed >> 4 | offset >> 6 << 4;
        }
        return {__low2float(scales) * float(scale), __high2float(scales) * float(offset)};
    }
    __device__ static void load8(const std::byte* base, int, int cols, int row, int col, float (&out)[8])
    {
        const std::byte* block = base + (std::size_t(row) * cols + col) / 256 * kBlockBytes;
        const uint4 head = __ldg(reinterpret_cast<const uint4*>(block));
        const int sub = col % 256 / 32;
        const std::uint64_t nibbles = load8Bytes(block + 16 + sub / 2 * 32 + col % 32) >> (sub % 2 * 4);
        const float2 factor = factors(head, sub);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            out[i] = factor.x * float(nibbles >> 8 * i & 15) - factor.y;
    }
};

template <> struct Weights<LECTERN_CUDA_Q6_K> {
    static constexpr int kBlock = 256;
    static constexpr int kBlockBytes = 208;
    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols / 256 * 210; }
    __device__ static void load8(const std::byte* base, int rows, int cols, int row, int col, float (&out)[8])
    {
        const std::size_t index = (std::size_t(row) * cols + col) / 256;
        const std::byte* block = base + index * kBlockBytes;
        const int half = col % 256 / 128, i = col % 128;
        const std::uint64_t low = load8Bytes(block + 64 * half + i % 64) >> (i / 64 * 4);
        const std::uint64_t high = load8Bytes(block + 128 + 32 * half + i % 32) >> (i / 32 * 2);
        const auto* scales =
            reinterpret_cast<const __half*>(base + std::size_t(rows) * cols / 256 * kBlockBytes);
        const float scale = __half2float(scales[index]) * float(std::int8_t(block[192 + 8 * half + i / 16]));
#pragma unroll
        for (int e = 0; e < 8; ++e)
            out[e] = scale * float(int((low >> 8 * e & 15) | (high >> 8 * e & 3) << 4) - 32);
    }
};

// Calls f with an integral constant of the type; false where the type is unknown.
template <typename F> bool withWeightType(int type, F&& f)
{
    switch (type) {
    case LECTERN_CUDA_F16:
        f(std::integral_constant<int, LECTERN_CUDA_F16>());
        return true;
    case LECTERN_CUDA_Q4_0:
        f(std::integral_constant<int, LECTERN_CUDA_Q4_0>());
        return true;
    case LECTERN_CUDA_Q8_0:
        f(std::integral_constant<int, LECTERN_CUDA_Q8_0>());
        return true;
    case LECTERN_CUDA_Q4_K:
        f(std::integral_constant<int, LECTERN_CUDA_Q4_K>());
        return true;
    case LECTERN_CUDA_Q6_K:
        f(std::integral_constant<int, LECTERN_CUDA_Q6_K>());
        return true;
    default:
        return false;
    }
}

} // namespace lectern::cuda
