// Types that store each element by itself: F32, F16, BF16, F64 and the signed whole numbers I8..I64.
// Whole numbers and F64 are read only; they are rounded to float.
#pragma once

#include <cstddef>

namespace lectern {

void unpackF32(const std::byte* row, float* out, std::size_t n);
void unpackF16(const std::byte* row, float* out, std::size_t n);
void unpackBF16(const std::byte* row, float* out, std::size_t n);
void unpackF64(const std::byte* row, float* out, std::size_t n);
void unpackI8(const std::byte* row, float* out, std::size_t n);
void unpackI16(const std::byte* row, float* out, std::size_t n);
void unpackI32(const std::byte* row, float* out, std::size_t n);
void unpackI64(const std::byte* row, float* out, std::size_t n);

void packF32(const float* values, std::byte* row, std::size_t n);
void packF16(const float* values, std::byte* row, std::size_t n);
void packBF16(const float* values, std::byte* row, std::size_t n);

} // namespace lectern
