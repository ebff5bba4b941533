#include "engine/quant/plain_types.h"

#include "engine/base/half.h"

#include <cstdint>
#include <cstring>

namespace lectern {

namespace {

template <typename Disk, typename Convert>
void unpackEach(const std::byte* row, float* out, std::size_t n, Convert convert)
{
    for (std::size_t i = 0; i < n; ++i) {
        Disk value;
        std::memcpy(&value, row + i * sizeof(Disk), sizeof(Disk));
        out[i] = convert(value);
    }
}

template <typename Disk> void unpackCast(const std::byte* row, float* out, std::size_t n)
{
    unpackEach<Disk>(row, out, n, [](Disk value) { return static_cast<float>(value); });
}

template <typename Convert> void packEach(const float* values, std::byte* row, std::size_t n, Convert convert)
{
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint16_t value = convert(values[i]);
        std::memcpy(row + i * sizeof value, &value, sizeof value);
    }
}

} // namespace

void unpackF32(const std::byte* row, float* out, std::size_t n)
{
    std::memcpy(out, row, n * sizeof(float));
}
void unpackF16(const std::byte* row, float* out, std::size_t n)
{
    unpackEach<std::uint16_t>(row, out, n, halfToFloat);
}
void unpackBF16(const std::byte* row, float* out, std::size_t n)
{
    unpackEach<std::uint16_t>(row, out, n, bfloatToFloat);
}
void unpackF64(const std::byte* row, float* out, std::size_t n)
{
    unpackCast<double>(row, out, n);
}
void unpackI8(const std::byte* row, float* out, std::size_t n)
{
    unpackCast<std::int8_t>(row, out, n);
}
void unpackI16(const std::byte* row, float* out, std::size_t n)
{
    unpackCast<std::int16_t>(row, out, n);
}
void unpackI32(const std::byte* row, float* out, std::size_t n)
{
    unpackCast<std::int32_t>(row, out, n);
}
void unpackI64(const std::byte* row, float* out, std::size_t n)
{
    unpackCast<std::int64_t>(row, out, n);
}

void packF32(const float* values, std::byte* row, std::size_t n)
{
    std::memcpy(row, values, n * sizeof(float));
}
void packF16(const float* values, std::byte* row, std::size_t n)
{
    packEach(values, row, n, floatToHalf);
}
void packBF16(const float* values, std::byte* row, std::size_t n)
{
    packEach(values, row, n, floatToBfloat);
}

} // namespace lectern
