// Weights of one block as float vectors, in order of elements: each(block, sink) calls sink(offset, vector) for every
// vector of the block. The dot products and the panel unpackers share these; the formats are in engine/quant/<type>.h.
// Included once per SIMD target (Highway's foreach_target), hence no #pragma once.
#if defined(LECTERN_DECODE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_DECODE_INL_H_
#undef LECTERN_DECODE_INL_H_
#else
#define LECTERN_DECODE_INL_H_
#endif

#include "engine/quant/q4_0.h"
#include "engine/quant/q4_k.h"
#include "engine/quant/q5_0.h"
#include "engine/quant/q5_k.h"
#include "engine/quant/q6_k.h"
#include "engine/quant/q8_0.h"

#include <cstring>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lectern::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using IntTag = hn::RebindToSigned<FloatTag>;
using ByteTag = hn::Rebind<std::uint8_t, FloatTag>;
using SignedByteTag = hn::Rebind<std::int8_t, FloatTag>;
using FloatVec = hn::Vec<FloatTag>;
using IntVec = hn::Vec<IntTag>;

constexpr int kLanes = static_cast<int>(hn::MaxLanes(FloatTag()));

HWY_INLINE IntVec bytesAt(const std::uint8_t* from) { return hn::PromoteTo(IntTag(), hn::LoadU(ByteTag(), from)); }

// A half-precision number in every lane.
HWY_INLINE FloatVec halfInLanes(std::uint16_t bits)
{
    const hn::Rebind<std::uint16_t, FloatTag> d16;
    const hn::Rebind<hwy::float16_t, FloatTag> half;
    return hn::PromoteTo(FloatTag(), hn::BitCast(half, hn::Set(d16, bits)));
}

HWY_INLINE float halfValue(std::uint16_t bits) { return hn::GetLane(halfInLanes(bits)); }

// A table of 16 numbers first + i * step, looked up by four bits.
class LineTable {
public:
    HWY_INLINE LineTable(FloatVec first, FloatVec step)
#if HWY_TARGET <= HWY_AVX3
        : m_table(hn::MulAdd(hn::ConvertTo(FloatTag(), hn::Iota(IntTag(), 0)), step, first))
#else
        : m_first(first), m_step(step)
#endif
    {
    }
    HWY_INLINE FloatVec low(IntVec bytes) const
    {
#if HWY_TARGET <= HWY_AVX3
        return FloatVec{_mm512_permutexvar_ps(bytes.raw, m_table.raw)};
#else
        return at(hn::And(bytes, hn::Set(IntTag(), 15)));
#endif
    }
    HWY_INLINE FloatVec high(IntVec bytes) const
    {
#if HWY_TARGET <= HWY_AVX3
        return low(hn::ShiftRight<4>(bytes));
#else
        return at(hn::ShiftRight<4>(bytes));
#endif
    }

private:
#if HWY_TARGET <= HWY_AVX3
    FloatVec m_table;
#else
    HWY_INLINE FloatVec at(IntVec levels) const
    {
        return hn::MulAdd(hn::ConvertTo(FloatTag(), levels), m_step, m_first);
    }
    FloatVec m_first, m_step;
#endif
};

template <class Sink> HWY_INLINE void each(const BlockQ8_0& block, const Sink& sink)
{
    const FloatVec scale = halfInLanes(block.scale);
    for (int i = 0; i < 32; i += kLanes) {
        const IntVec levels = hn::PromoteTo(IntTag(), hn::LoadU(SignedByteTag(), block.quants + i));
        sink(i, hn::Mul(hn::ConvertTo(FloatTag(), levels), scale));
    }
}

template <class Sink> HWY_INLINE void each(const BlockQ4_0& block, const Sink& sink)
{
    const FloatVec scale = halfInLanes(block.scale);
    const LineTable table(hn::Mul(scale, hn::Set(FloatTag(), -8.0f)), scale);
    for (int i = 0; i < 16; i += kLanes) {
        const IntVec bytes = bytesAt(block.nibbles + i);
        sink(i, table.low(bytes));
        sink(i + 16, table.high(bytes));
    }
}

// Bits [first, first + lanes) of a word, as 16 or 0 a lane.
HWY_INLINE IntVec fifthBits(std::uint32_t word, int first)
{
    const IntTag d;
    word >>= first;
    if constexpr (kLanes >= 8) {
        std::uint8_t bytes[8]; // as many as may be read
        std::memcpy(bytes, &word, sizeof word);
        return hn::IfThenElseZero(hn::LoadMaskBits(d, bytes), hn::Set(d, 16));
    }
    const auto bit = hn::Shl(hn::Set(d, 1), hn::Iota(d, 0));
    const auto set = hn::Ne(hn::And(hn::Set(d, static_cast<std::int32_t>(word)), bit), hn::Zero(d));
    return hn::IfThenElseZero(set, hn::Set(d, 16));
}

template <class Sink> HWY_INLINE void each(const BlockQ5_0& block, const Sink& sink)
{
    const FloatTag d;
    const IntTag di;
    const FloatVec scale = halfInLanes(block.scale);
    const FloatVec first = hn::Mul(scale, hn::Set(d, -16.0f));
    for (int i = 0; i < 16; i += kLanes) {
        const IntVec bytes = bytesAt(block.nibbles + i);
        const IntVec low = hn::Or(hn::And(bytes, hn::Set(di, 15)), fifthBits(block.fifthBits[0], i));
        const IntVec high = hn::Or(hn::ShiftRight<4>(bytes), fifthBits(block.fifthBits[1], i));
        sink(i, hn::MulAdd(hn::ConvertTo(d, low), scale, first));
        sink(i + 16, hn::MulAdd(hn::ConvertTo(d, high), scale, first));
    }
}

// out[0..8) = factors[0..8) * by
template <class Byte> HWY_INLINE void scaleFactors(const Byte* factors, float by, float* out)
{
    const hn::CappedTag<float, 8> d;
    const hn::RebindToSigned<decltype(d)> di;
    const hn::Rebind<Byte, decltype(d)> bytes;
    const int lanes = static_cast<int>(hn::Lanes(d));
    for (int i = 0; i < 8; i += lanes)
        hn::Store(hn::Mul(hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(bytes, factors + i))), hn::Set(d, by)), d, out + i);
}

// scale * factor and -offsetScale * offsetFactor of a K block's 8 sub-blocks; k_factors.h says how they are packed.
struct KScales {
    template <class Block> HWY_INLINE explicit KScales(const Block& block)
    {
        std::uint32_t words[3];
        std::memcpy(words, block.factors, sizeof words);
        const auto join = [](std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; };
        const std::uint64_t factors[2] = { // 8 bytes of scale factors, 8 of offset factors
            join(words[0] & 0x3f3f3f3fu, (words[2] & 0x0f0f0f0fu) | (words[0] >> 2 & 0x30303030u)),
            join(words[1] & 0x3f3f3f3fu, (words[2] >> 4 & 0x0f0f0f0fu) | (words[1] >> 2 & 0x30303030u))};
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(factors);
        scaleFactors(bytes, halfValue(block.scale), scale);
        scaleFactors(bytes + 8, -halfValue(block.offsetScale), first);
    }
    HWY_ALIGN float scale[8];
    HWY_ALIGN float first[8];
};

template <class Sink> HWY_INLINE void each(const BlockQ4_K& block, const Sink& sink)
{
    const FloatTag d;
    const KScales scales(block);
    for (int pair = 0; pair < 4; ++pair) {
        const LineTable low(hn::Set(d, scales.first[2 * pair]), hn::Set(d, scales.scale[2 * pair]));
        const LineTable high(hn::Set(d, scales.first[2 * pair + 1]), hn::Set(d, scales.scale[2 * pair + 1]));
        for (int i = 0; i < 32; i += kLanes) {
            const IntVec bytes = bytesAt(block.nibbles + 32 * pair + i);
            sink(64 * pair + i, low.low(bytes));
            sink(64 * pair + 32 + i, high.high(bytes));
        }
    }
}

template <class Sink> HWY_INLINE void each(const BlockQ5_K& block, const Sink& sink)
{
    const FloatTag d;
    const IntTag di;
    const KScales scales(block);
    for (int pair = 0; pair < 4; ++pair) {
        const auto level = [&](IntVec halfByte, int i, int sub) HWY_ATTR {
            const IntVec bit = hn::And(hn::ShiftRightSame(bytesAt(block.fifthBits + i), sub), hn::Set(di, 1));
            const FloatVec whole = hn::ConvertTo(d, hn::Or(halfByte, hn::ShiftLeft<4>(bit)));
            return hn::MulAdd(whole, hn::Set(d, scales.scale[sub]), hn::Set(d, scales.first[sub]));
        };
        for (int i = 0; i < 32; i += kLanes) {
            const IntVec bytes = bytesAt(block.nibbles + 32 * pair + i);
            sink(64 * pair + i, level(hn::And(bytes, hn::Set(di, 15)), i, 2 * pair));
            sink(64 * pair + 32 + i, level(hn::ShiftRight<4>(bytes), i, 2 * pair + 1));
        }
    }
}

template <class Sink> HWY_INLINE void each(const BlockQ6_K& block, const Sink& sink)
{
    const FloatTag d;
    const IntTag di;
    HWY_ALIGN float scales[16];
    const float scale = halfValue(block.scale);
    scaleFactors(block.factors, scale, scales);
    scaleFactors(block.factors + 8, scale, scales + 8);
    for (int half = 0; half < 2; ++half) {
        const auto level = [&](IntVec low, IntVec highBits, int sub) HWY_ATTR {
            const IntVec whole = hn::Sub(hn::Or(low, highBits), hn::Set(di, 32));
            return hn::Mul(hn::ConvertTo(d, whole), hn::Set(d, scales[8 * half + sub]));
        };
        for (int i = 0; i < 32; i += kLanes) {
            const IntVec first = bytesAt(block.nibbles + 64 * half + i);
            const IntVec second = bytesAt(block.nibbles + 64 * half + 32 + i);
            const IntVec high = bytesAt(block.highBits + 32 * half + i);
            const IntVec fifteen = hn::Set(di, 15), bits = hn::Set(di, 48);
            const int sub = i / 16;
            sink(128 * half + i, level(hn::And(first, fifteen), hn::And(hn::ShiftLeft<4>(high), bits), sub));
            sink(128 * half + 32 + i, level(hn::And(second, fifteen), hn::And(hn::ShiftLeft<2>(high), bits), sub + 2));
            sink(128 * half + 64 + i, level(hn::ShiftRight<4>(first), hn::And(high, bits), sub + 4));
            sink(128 * half + 96 + i, level(hn::ShiftRight<4>(second), hn::And(hn::ShiftRight<2>(high), bits), sub + 6));
        }
    }
}

} // namespace lectern::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
