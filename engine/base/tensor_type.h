// Element types of tensors in model files, with GGUF's numbers (ggml/docs/gguf.md). On disk: do not renumber.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lectern {

enum class TensorType : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8,
    Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14,
    IQ4_NL = 20, IQ4_XS = 23,
    I8 = 24, I16 = 25, I32 = 26, I64 = 27, F64 = 28, BF16 = 30,
};

struct TensorTypeInfo {
    TensorType type;
    std::string_view name;
    std::uint32_t blockElements; // elements of a row stored together
    std::uint32_t blockBytes;
};

// nullptr where Lectern does not know the type number.
const TensorTypeInfo* tensorTypeInfo(TensorType type);
std::optional<TensorType> tensorTypeByName(std::string_view name);

// Bytes of `elements` elements (a multiple of blockElements) of a known type.
inline std::uint64_t tensorBytes(const TensorTypeInfo& info, std::uint64_t elements)
{
    return elements / info.blockElements * info.blockBytes;
}

} // namespace lectern
