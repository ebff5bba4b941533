// Matrices on the device: F16 as in the file, row after row; quantised ones as packed.cuh says.
#pragma once

#include "engine/kernels/cuda/module/packed.cuh"

#include <type_traits>

namespace lectern::cuda {

// kBlock neighbouring elements of a row, and what a product takes of them.
template <int Type> struct Weights {
    using P = Packed<Type>;
    using Block = typename P::Block;
    using Input = SplitInput;
    static constexpr int kBlock = kPackedBlock, kFileBlock = P::kFileBlock, kVectors = P::kVectors;

    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols / kBlock * P::kBytes256 / 8; }
    // blocks: of the matrix; i: which
    __device__ static Block load(const std::byte* base, std::size_t blocks, std::size_t i)
    {
        return P::load(base, blocks, i);
    }
    __device__ static const std::byte* inputOf(const LecternCudaLinear& op)
    {
        return static_cast<const std::byte*>(op.xSplit);
    }
    __device__ static float dot(const Block& block, const Input& x) { return P::dot(block, x); }
    __device__ static void unpack(const Block& block, float (&out)[kBlock])
    {
        const BlockScales s = P::scales(block);
#pragma unroll
        for (int e = 0; e < kBlock; ++e)
            out[e] = fmaf(s.scale[e / 16], float(P::level(block, e)), -s.offset[e / 16]);
    }
};

template <> struct Weights<LECTERN_CUDA_F16> {
    static constexpr int kBlock = 8, kFileBlock = 8, kVectors = 1;
    using Block = Words4;
    struct Input {
        float x[kBlock];
        __device__ static Input load(const std::byte* from, int, int i)
        {
            Input input;
            unpack(readOften<Words4>(from + 16 * std::size_t(i)), input.x);
            return input;
        }
    };

    static std::size_t bytes(std::size_t rows, std::size_t cols) { return rows * cols * 2; }
    __device__ static Block load(const std::byte* base, std::size_t, std::size_t i)
    {
        return readOnce<Words4>(base + 16 * i);
    }
    __device__ static const std::byte* inputOf(const LecternCudaLinear& op)
    {
        return static_cast<const std::byte*>(op.x);
    }
    __device__ static float dot(const Block& block, const Input& x)
    {
        float values[kBlock], sum = 0;
        unpack(block, values);
#pragma unroll
        for (int i = 0; i < kBlock; ++i)
            sum = fmaf(values[i], x.x[i], sum);
        return sum;
    }
    __device__ static void unpack(const Block& block, float (&out)[kBlock])
    {
#pragma unroll
        for (int i = 0; i < kBlock / 2; ++i) {
            const float2 pair = __half22float2(*reinterpret_cast<const __half2*>(&block.w[i]));
            out[2 * i] = pair.x;
            out[2 * i + 1] = pair.y;
        }
    }
};

// Calls f with an integral constant of the quantised type; false where it is none.
template <typename F> bool withPackedType(int type, F&& f)
{
    switch (type) {
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

template <typename F> bool withWeightType(int type, F&& f)
{
    if (type != LECTERN_CUDA_F16)
        return withPackedType(type, f);
    f(std::integral_constant<int, LECTERN_CUDA_F16>());
    return true;
}

} // namespace lectern::cuda
