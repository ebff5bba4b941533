// Numbers GGUF gives to value and tensor types (ggml/docs/gguf.md), shared by the reader and the writer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lectern {

enum class GgufValueType : std::uint32_t {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    Text = 8,
    List = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12,
};

inline constexpr std::uint32_t kGgufMagic = 0x46554747; // "GGUF"
inline constexpr std::uint64_t kGgufDefaultAlignment = 32;
inline constexpr std::uint64_t kGgufMaxAlignment = 1 << 20;
inline constexpr std::uint32_t kGgufMaxDimensions = 4;
inline constexpr std::string_view kGgufAlignmentKey = "general.alignment";

// Limits of what is read, far above any published model.
inline constexpr std::uint64_t kGgufMaxKeys = 1 << 16;
inline constexpr std::uint64_t kGgufMaxTensors = 1 << 17;
inline constexpr std::uint64_t kGgufMaxKeyBytes = 1 << 16;
inline constexpr std::uint64_t kGgufMaxTensorNameBytes = 64;
inline constexpr std::uint64_t kGgufMaxListElements = 1 << 22; // all lists of a file together
inline constexpr std::uint64_t kGgufMaxTextBytes = 1 << 26;    // all texts of a file together

// Bytes one value takes on disk at least (a text: its length word); 0 for a number that is no type.
std::uint64_t ggufValueMinBytes(std::uint32_t type);

// Words for a tensor type that Lectern does not read: "IQ2_XXS", "number 4 (withdrawn from the format)",
// "number 99".
std::string foreignTensorTypeName(std::uint32_t type);

} // namespace lectern
