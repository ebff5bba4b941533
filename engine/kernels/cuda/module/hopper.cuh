// What Hopper's asynchronous machinery needs: barriers in shared memory, bulk copies, descriptors of
// operands.
#pragma once

#include <cstdint>

namespace lectern::cuda {

__device__ inline std::uint32_t sharedAddress(const void* pointer)
{
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

__device__ inline void barrierInit(std::uint32_t barrier, int arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals));
}

__device__ inline void barrierExpect(std::uint32_t barrier, int bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
                 : "memory");
}

__device__ inline void barrierArrive(std::uint32_t barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

__device__ inline void barrierWait(std::uint32_t barrier, std::uint32_t parity)
{
    asm volatile("{\n.reg .pred done;\nWAIT:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@done bra READY;\nbra WAIT;\nREADY:\n}\n" ::"r"(barrier),
                 "r"(parity)
                 : "memory");
}

__device__ inline void bulkCopy(std::uint32_t to, const void* from, int bytes, std::uint32_t barrier)
{
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(to),
        "l"(from), "r"(bytes), "r"(barrier)
        : "memory");
}

__device__ inline void namedSync(int barrier, int threads)
{
    asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

__device__ inline void namedArrive(int barrier, int threads)
{
    asm volatile("bar.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

__device__ inline void wgmmaFence()
{
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ inline void wgmmaCommit()
{
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
template <int Pending> __device__ inline void wgmmaWait()
{
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(Pending) : "memory");
}

// Of an operand in swizzled rows of rowBytes (128 or 64). leading: bytes between slabs of columns, where the
// operand's long side is contiguous.
template <int RowBytes>
__device__ inline std::uint64_t operandOf(std::uint32_t address, int leading)
{
    constexpr std::uint64_t kSwizzle = RowBytes == 128 ? 1 : 2;
    constexpr std::uint64_t kGroup = 8 * RowBytes / 16; // from eight rows to the next
    return (std::uint64_t(address & 0x3ffff) >> 4) | std::uint64_t(leading / 16) << 16 | kGroup << 32 |
           kSwizzle << 62;
}

} // namespace lectern::cuda
