// Quantised matrices as the device keeps them: every 32 neighbouring weights of a row are a block, and every
// kind of datum of the blocks lies in a region of its own, so that the threads of a warp read neighbouring 16
// bytes. With N blocks and block i (row after row):
//   Q4_0  16 bytes of levels at 16 i, scale f16 at 16 N + 2 i
//   Q8_0  levels 0..15 at 16 i, 16..31 at 16 N + 16 i, scale f16 at 32 N + 2 i
//   Q4_K  16 bytes of levels at 16 i, factor and offset bytes at 16 N + 2 i, both f16 scales at 18 N + 4 (i /
//   8) Q6_K  16 bytes of low halves at 16 i, 8 of high bits at 16 N + 8 i, two factor bytes at 24 N + 2 i,
//   scale f16 at
//         26 N + 2 (i / 8)
// Byte j of 16 bytes of halves holds element j below and element 16 + j above. Of the high bits, bits 2 (e /
// 4) of byte e % 4 of word h belong to element 16 h + e. (Plain arithmetic: the test of it compiles this file
// for the CPU.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/kernels/cuda/cuda_api.h"

#ifdef __CUDACC__
#include <cuda_fp16.h>
#else
#include "engine/base/half.h"
#endif

namespace lectern::cuda {

constexpr int kPackedBlock = 32;

struct alignas(16) Words4 {
    std::uint32_t w[4];
};
struct alignas(8) Words2 {
    std::uint32_t w[2];
};
struct alignas(16) Floats4 {
    float f[4];
};

// Read once, by one thread: not kept in the first cache.
template <typename T> __device__ inline T readOnce(const std::byte* from)
{
#ifdef __CUDA_ARCH__
    T value;
    if constexpr (sizeof(T) == 16)
        asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
            : "=r"(value.w[0]), "=r"(value.w[1]), "=r"(value.w[2]), "=r"(value.w[3])
            : "l"(from));
    else if constexpr (sizeof(T) == 8)
        asm("ld.global.nc.L1::no_allocate.v2.u32 {%0, %1}, [%2];"
            : "=r"(value.w[0]), "=r"(value.w[1])
            : "l"(from));
    else
        value = __ldg(reinterpret_cast<const T*>(from));
    return value;
#else
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
#endif
}

template <typename T> __device__ inline T readOften(const std::byte* from)
{
    return *reinterpret_cast<const T*>(from);
}

__device__ inline float halfFloat(std::uint16_t bits)
{
#ifdef __CUDACC__
    return __half2float(__ushort_as_half(bits));
#else
    return halfToFloat(bits);
#endif
}

__device__ inline float asFloat(std::uint32_t bits)
{
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// sum + the products of four signed bytes.
__device__ inline int dot4(std::uint32_t a, std::uint32_t b, int sum)
{
#ifdef __CUDA_ARCH__
    return __dp4a(static_cast<int>(a), static_cast<int>(b), sum);
#else
    for (int i = 0; i < 32; i += 8)
        sum += int(static_cast<std::int8_t>(a >> i)) * static_cast<std::int8_t>(b >> i);
    return sum;
#endif
}

// A whole number below 2^22 that was summed from kSumBegin on, without the slow conversion.
constexpr int kSumBegin = 0x4B400000; // 1.5 * 2^23 as a float
__device__ inline float sumFloat(int sum)
{
    return asFloat(static_cast<std::uint32_t>(sum)) - 12582912.0f;
}
__device__ inline float byteFloat(std::uint32_t byte)
{
    return asFloat(0x4B000000u | byte) - 8388608.0f;
}
__device__ inline float signedByteFloat(std::uint32_t byte)
{
    return asFloat(0x4B000000u | (byte ^ 128u)) - 8388736.0f;
}

// One token's inputs of a product, split: per 32 of them a scale and whole numbers of 16 bits, these cut in
// two signed bytes, 256 a + b, whose products with the levels are summed exactly. With n = cols / 32 and
// block i: a of elements 0..15 at 16 i, of 16..31 at 16 n + 16 i, b at 32 n + 16 i and 48 n + 16 i; at 64 n +
// 16 i the scale, and times the scale the sums of elements 0..15, of 16..31, and of all.
struct SplitInput {
    Words4 aLow, aHigh, bLow, bHigh;
    Floats4 scaleAndSums;

    static constexpr std::size_t bytes(std::size_t cols) { return cols / kPackedBlock * 80; }
    __device__ static SplitInput load(const std::byte* from, int blocks, int i)
    {
        const std::byte* at = from + 16 * std::size_t(i);
        const std::size_t region = 16 * std::size_t(blocks);
        return {readOften<Words4>(at), readOften<Words4>(at + region), readOften<Words4>(at + 2 * region),
                readOften<Words4>(at + 3 * region), readOften<Floats4>(at + 4 * region)};
    }
};
constexpr float kSplitRange = 32512.0f; // the largest whole number: 127 * 256

// Where byte a of an element lies; b lies 32 n further.
__host__ __device__ inline std::size_t splitByteAt(std::size_t cols, std::size_t element)
{
    const std::size_t block = element / kPackedBlock, at = element % kPackedBlock;
    return cols / kPackedBlock * 16 * (at / 16) + block * 16 + at % 16;
}

// The sums of the products of halves of bytes (and more bits above, `high`) with the inputs.
struct HalvesSum {
    int a = kSumBegin, b = kSumBegin;
    __device__ void add(std::uint32_t levels, std::uint32_t xa, std::uint32_t xb)
    {
        a = dot4(levels, xa, a);
        b = dot4(levels, xb, b);
    }
    __device__ float value() const { return 256.0f * sumFloat(a) + sumFloat(b); }
};

constexpr std::uint32_t kLowHalves = 0x0F0F0F0Fu;

// Of each type: how blocks are loaded, multiplied, unpacked, and made from the file's.
template <int Type> struct Packed;

__device__ inline float dotNibbles(const Words4& levels, const SplitInput& x)
{
    HalvesSum sum;
#pragma unroll
    for (int w = 0; w < 4; ++w) {
        sum.add(levels.w[w] & kLowHalves, x.aLow.w[w], x.bLow.w[w]);
        sum.add(levels.w[w] >> 4 & kLowHalves, x.aHigh.w[w], x.bHigh.w[w]);
    }
    return sum.value();
}

__device__ inline std::uint32_t halfAt(const Words4& levels, int e)
{
    return levels.w[e % 16 / 4] >> (e % 4 * 8 + e / 16 * 4) & 15;
}

// Values of a block are scale * level - offset, of elements 0..15 and of 16..31.
struct BlockScales {
    float scale[2], offset[2];
};

template <> struct Packed<LECTERN_CUDA_Q4_0> {
    static constexpr int kFileBlock = 32, kFileBytes = 18, kBytes256 = 144, kVectors = 1;
    struct Block {
        Words4 levels;
        std::uint16_t scale;
    };
    __device__ static Block load(const std::byte* base, std::size_t blocks, std::size_t i)
    {
        return {readOnce<Words4>(base + 16 * i), readOnce<std::uint16_t>(base + 16 * blocks + 2 * i)};
    }
    __device__ static float dot(const Block& block, const SplitInput& x)
    {
        const float* f = x.scaleAndSums.f;
        return halfFloat(block.scale) * (f[0] * dotNibbles(block.levels, x) - 8.0f * f[3]);
    }
    __device__ static BlockScales scales(const Block& block)
    {
        const float d = halfFloat(block.scale);
        return {{d, d}, {8 * d, 8 * d}};
    }
    __device__ static int level(const Block& block, int e)
    {
        return static_cast<int>(halfAt(block.levels, e));
    }
    __host__ __device__ static void repack(const std::uint8_t* from, std::size_t i, std::size_t blocks,
                                           std::uint8_t* to)
    {
        std::memcpy(to + 16 * i, from + 2, 16);
        std::memcpy(to + 16 * blocks + 2 * i, from, 2);
    }
};

template <> struct Packed<LECTERN_CUDA_Q8_0> {
    static constexpr int kFileBlock = 32, kFileBytes = 34, kBytes256 = 272, kVectors = 2;
    struct Block {
        Words4 low, high;
        std::uint16_t scale;
    };
    __device__ static Block load(const std::byte* base, std::size_t blocks, std::size_t i)
    {
        return {readOnce<Words4>(base + 16 * i), readOnce<Words4>(base + 16 * blocks + 16 * i),
                readOnce<std::uint16_t>(base + 32 * blocks + 2 * i)};
    }
    __device__ static float dot(const Block& block, const SplitInput& x)
    {
        HalvesSum sum;
#pragma unroll
        for (int w = 0; w < 4; ++w) {
            sum.add(block.low.w[w], x.aLow.w[w], x.bLow.w[w]);
            sum.add(block.high.w[w], x.aHigh.w[w], x.bHigh.w[w]);
        }
        return halfFloat(block.scale) * (x.scaleAndSums.f[0] * sum.value());
    }
    __device__ static BlockScales scales(const Block& block)
    {
        const float d = halfFloat(block.scale);
        return {{d, d}, {0, 0}};
    }
    __device__ static int level(const Block& block, int e)
    {
        const Words4& words = e < 16 ? block.low : block.high;
        return static_cast<std::int8_t>(words.w[e % 16 / 4] >> (e % 4 * 8));
    }
    __host__ __device__ static void repack(const std::uint8_t* from, std::size_t i, std::size_t blocks,
                                           std::uint8_t* to)
    {
        std::memcpy(to + 16 * i, from + 2, 16);
        std::memcpy(to + 16 * blocks + 16 * i, from + 18, 16);
        std::memcpy(to + 32 * blocks + 2 * i, from, 2);
    }
};

template <> struct Packed<LECTERN_CUDA_Q4_K> {
    static constexpr int kFileBlock = 256, kFileBytes = 144, kBytes256 = 148, kVectors = 1;
    struct Block {
        Words4 levels;
        std::uint16_t factors; // scale's, offset's
        std::uint32_t scales;  // f16 both
    };
    __device__ static Block load(const std::byte* base, std::size_t blocks, std::size_t i)
    {
        return {readOnce<Words4>(base + 16 * i), readOnce<std::uint16_t>(base + 16 * blocks + 2 * i),
                readOnce<std::uint32_t>(base + 18 * blocks + i / 8 * 4)};
    }
    __device__ static BlockScales scales(const Block& block)
    {
        const float scale = halfFloat(std::uint16_t(block.scales)) * byteFloat(block.factors & 255u),
                    offset = halfFloat(std::uint16_t(block.scales >> 16)) * byteFloat(block.factors >> 8);
        return {{scale, scale}, {offset, offset}};
    }
    __device__ static float dot(const Block& block, const SplitInput& x)
    {
        const float* f = x.scaleAndSums.f;
        const BlockScales s = scales(block);
        return s.scale[0] * (f[0] * dotNibbles(block.levels, x)) - s.offset[0] * f[3];
    }
    __device__ static int level(const Block& block, int e)
    {
        return static_cast<int>(halfAt(block.levels, e));
    }
    // engine/quant/q4_k.h, engine/quant/k_factors.h
    __host__ __device__ static void repack(const std::uint8_t* from, std::size_t i, std::size_t blocks,
                                           std::uint8_t* to)
    {
        std::memcpy(to + 18 * blocks + i / 8 * 4, from, 4);
        for (int s = 0; s < 8; ++s, ++i) {
            const std::uint8_t *f = from + 4, *nibbles = from + 16 + s / 2 * 32;
            to[16 * blocks + 2 * i] = s < 4 ? f[s] & 63 : (f[s + 4] & 15) | f[s - 4] >> 6 << 4;
            to[16 * blocks + 2 * i + 1] = s < 4 ? f[s + 4] & 63 : f[s + 4] >> 4 | f[s] >> 6 << 4;
            for (int j = 0; j < 16; ++j)
                to[16 * i + j] = (nibbles[j] >> s % 2 * 4 & 15) | (nibbles[16 + j] >> s % 2 * 4 & 15) << 4;
        }
    }
};

template <> struct Packed<LECTERN_CUDA_Q6_K> {
    static constexpr int kFileBlock = 256, kFileBytes = 210, kBytes256 = 210, kVectors = 1;
    struct Block {
        Words4 levels;
        Words2 high;
        std::uint16_t factors, scale;
    };
    __device__ static Block load(const std::byte* base, std::size_t blocks, std::size_t i)
    {
        return {readOnce<Words4>(base + 16 * i), readOnce<Words2>(base + 16 * blocks + 8 * i),
                readOnce<std::uint16_t>(base + 24 * blocks + 2 * i),
                readOnce<std::uint16_t>(base + 26 * blocks + i / 8 * 2)};
    }
    __device__ static BlockScales scales(const Block& block)
    {
        const float d = halfFloat(block.scale), low = d * signedByteFloat(block.factors & 255u),
                    high = d * signedByteFloat(block.factors >> 8);
        return {{low, high}, {32 * low, 32 * high}};
    }
    // The two high bits of four elements, where the levels have them.
    __device__ static std::uint32_t highBits(std::uint32_t word, int w)
    {
        return (w < 2 ? word << (4 - 2 * w) : word >> (2 * w - 4)) & 0x30303030u;
    }
    __device__ static float dot(const Block& block, const SplitInput& x)
    {
        HalvesSum low, high;
#pragma unroll
        for (int w = 0; w < 4; ++w) {
            low.add((block.levels.w[w] & kLowHalves) | highBits(block.high.w[0], w), x.aLow.w[w],
                    x.bLow.w[w]);
            high.add((block.levels.w[w] >> 4 & kLowHalves) | highBits(block.high.w[1], w), x.aHigh.w[w],
                     x.bHigh.w[w]);
        }
        const float* f = x.scaleAndSums.f;
        const BlockScales s = scales(block);
        return s.scale[0] * (f[0] * low.value() - 32.0f * f[1]) +
               s.scale[1] * (f[0] * high.value() - 32.0f * f[2]);
    }
    __device__ static int level(const Block& block, int e)
    {
        const std::uint32_t low = halfAt(block.levels, e);
        return static_cast<int>(low | (block.high.w[e / 16] >> (e % 4 * 8 + e % 16 / 4 * 2) & 3) << 4);
    }
    // engine/quant/q6_k.h
    __host__ __device__ static void repack(const std::uint8_t* from, std::size_t i, std::size_t blocks,
                                           std::uint8_t* to)
    {
        std::memcpy(to + 26 * blocks + i / 8 * 2, from + 208, 2);
        for (int s = 0; s < 8; ++s, ++i) {
            const std::uint8_t *nibbles = from + 64 * (s / 4) + s % 2 * 32, *bits = from + 128 + 32 * (s / 4);
            std::uint8_t* high = to + 16 * blocks + 8 * i;
            std::memcpy(to + 24 * blocks + 2 * i, from + 192 + 2 * s, 2);
            for (int j = 0; j < 8; ++j)
                high[j] = 0;
            for (int j = 0; j < 32; ++j) {
                const int half = nibbles[j] >> s % 4 / 2 * 4 & 15, above = bits[j] >> s % 4 * 2 & 3;
                std::uint8_t& byte = to[16 * i + j % 16];
                byte = std::uint8_t(j < 16 ? half : byte | half << 4);
                high[j / 16 * 4 + j % 4] |= std::uint8_t(above << j % 16 / 4 * 2);
            }
        }
    }
};

} // namespace lectern::cuda
