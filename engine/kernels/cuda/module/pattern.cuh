// The pages that a tile of queries reads, by arithmetic: first the local ones, from the newest back, then the
// kept ones below them, from the newest back. So the masked tiles of the right border come first, whole tiles
// follow. (Plain arithmetic: the test of it compiles this file for the CPU.)
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/cuda/cuda_api.h"
#include "engine/kernels/cuda/module/page.cuh"

namespace lectern::cuda {

__device__ inline int chunkedWindowBegin(const LecternCudaHead& head, int query)
{
    const bool read = query >= head.readBegin && query < head.readEnd;
    const int begin = read ? query - (query - head.readBegin) % head.chunk : query;
    return begin == 0 || begin < head.recent ? 0 : begin - head.recent;
}

__device__ inline int windowBegin(const LecternCudaHead& head, int query)
{
    if (head.chunk > 0)
        return chunkedWindowBegin(head, query);
    return (head.blocks == 0 || query / head.block < head.blocks)
               ? 0
               : (query / head.block - head.blocks + 1) * head.block;
}

__device__ inline bool inKeptRun(const LecternCudaHead& head, int key)
{
    const int from = key - head.keptBegin;
    return head.keptLength > 0 && from >= 0 && from % head.keptPeriod < head.keptLength;
}

__device__ inline bool visible(const LecternCudaHead& head, int query, int key, int queryWindowBegin)
{
    return key <= query && (key >= queryWindowBegin || inKeptRun(head, key));
}

class PageSequence {
public:
    __device__ PageSequence(const LecternCudaHead& head, int firstQuery, int lastQuery)
        : m_top(lastQuery / kPage), m_runPages(head.runPages), m_period(head.periodPages),
          m_first(head.firstPage)
    {
        const int localFirst = windowBegin(head, firstQuery) / kPage;
        m_local = m_top - localFirst + 1;
        const int below = localFirst - m_first;
        const int rest = below % m_period;
        m_kept = m_runPages > 0 && below > 0
                     ? below / m_period * m_runPages + (rest < m_runPages ? rest : m_runPages)
                     : 0;
    }

    __device__ int count() const { return m_local + m_kept; }
    __device__ int localCount() const { return m_local; }
    __device__ int page(int index) const
    {
        if (index < m_local)
            return m_top - index;
        const int kept = m_kept - 1 - (index - m_local);
        return m_first + kept / m_runPages * m_period + kept % m_runPages;
    }

private:
    int m_top, m_local, m_kept, m_runPages, m_period, m_first;
};

} // namespace lectern::cuda
