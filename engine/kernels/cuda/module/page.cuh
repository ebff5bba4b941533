// Pages in memory and in shared memory: where element (token, column) of a page lies. See cuda_api.h.
#pragma once

#include <cstdint>

namespace lectern::cuda {

constexpr int kPage = 64; // tokens

// Heads are padded to the next of these.
__host__ __device__ constexpr int paddedDim(int headDim)
{
    return headDim <= 64 ? 64 : headDim <= 96 ? 96 : headDim <= 128 ? 128 : 256;
}

template <int D> struct PageLayout {
    static constexpr int kSpan = D % 64 == 0 ? 64 : 32; // columns of a slab
    static constexpr int kSlabs = D / kSpan;
    static constexpr int kRowBytes = kSpan * 2;
    static constexpr int kSlabBytes = kPage * kRowBytes;
    static constexpr int kBytes = kPage * D * 2; // keys or values of a page

    // Byte of the 16-byte piece `piece` (8 columns) of a row, within a slab of any number of rows.
    __host__ __device__ static constexpr int pieceAt(int row, int piece)
    {
        const int turn = kSpan == 64 ? row & 7 : (row >> 1) & 3;
        return row * kRowBytes + ((piece ^ turn) << 4);
    }
    // Byte of (row, column) within the keys or the values of a page.
    __host__ __device__ static constexpr int at(int row, int column)
    {
        return column / kSpan * kSlabBytes + pieceAt(row, column % kSpan / 8) + column % 8 * 2;
    }
};

} // namespace lectern::cuda
