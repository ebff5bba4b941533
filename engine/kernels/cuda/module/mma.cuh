// The tensor-core products of sm_80 and later (mma.sync m16n8k16) on operands in swizzled shared memory, and
// the asynchronous copies that feed them.
#pragma once

#include <cstddef>
#include <cstdint>

#include <cuda_fp16.h>

#include "engine/kernels/cuda/module/page.cuh"

namespace lectern::cuda {

__device__ inline void copyAsync16(std::uint32_t to, const void* from)
{
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
}
__device__ inline void copyCommit()
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}
template <int Pending> __device__ inline void copyWait()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

__device__ inline void loadMatrix(std::uint32_t (&r)[4], std::uint32_t address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address));
}
__device__ inline void loadMatrixTransposed(std::uint32_t (&r)[4], std::uint32_t address)
{
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(address));
}

// d [16][8] += a [16][16] b [16][8]
__device__ inline void multiply(float* d, const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// The fragments of a page in shared memory (slabs as in global memory), by warp.
template <int D> struct PageFragments {
    using Layout = PageLayout<D>;

    static __device__ std::uint32_t at(std::uint32_t page, int row, int column)
    {
        return page + column / Layout::kSpan * Layout::kSlabBytes +
               Layout::pieceAt(row, column % Layout::kSpan / 8);
    }
    // Rows [row, row + 16), columns [16 step, 16 step + 16): an A operand.
    static __device__ void rows(std::uint32_t (&a)[4], std::uint32_t page, int row, int step, int lane)
    {
        loadMatrix(a, at(page, row + lane % 16, step * 16 + lane / 16 * 8));
    }
    // Keys [key, key + 16) as B of q k^T: {b[0], b[1]} for the first eight keys, {b[2], b[3]} for the others.
    static __device__ void keys(std::uint32_t (&b)[4], std::uint32_t page, int key, int step, int lane)
    {
        loadMatrix(b, at(page, key + lane % 8 + lane / 16 * 8, step * 16 + lane / 8 % 2 * 8));
    }
    // Values of keys [key, key + 16) as B of p v: {b[0], b[1]} for columns [column, column + 8), {b[2], b[3]}
    // the next.
    static __device__ void values(std::uint32_t (&b)[4], std::uint32_t page, int key, int column, int lane)
    {
        loadMatrixTransposed(b, at(page, key + lane % 16, column + lane / 16 * 8));
    }
};

} // namespace lectern::cuda
