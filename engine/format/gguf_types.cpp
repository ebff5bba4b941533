#include "engine/format/gguf_types.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern {

namespace {
constexpr std::array<std::uint64_t, 13> kValueMinBytes{1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};

constexpr std::array<std::pair<std::uint32_t, std::string_view>, 17> kForeignTypes{{
    {9, "Q8_1"},
    {15, "Q8_K"},
    {16, "IQ2_XXS"},
    {17, "IQ2_XS"},
    {18, "IQ3_XXS"},
    {19, "IQ1_S"},
    {21, "IQ3_S"},
    {22, "IQ2_S"},
    {29, "IQ1_M"},
    {34, "TQ1_0"},
    {35, "TQ2_0"},
    {39, "MXFP4"},
    {40, "NVFP4"},
    {41, "Q1_0"},
    {42, "Q2_0"},
    {4, "Q4_2"},
    {5, "Q4_3"},
}};
constexpr std::array<std::uint32_t, 8> kWithdrawnTypes{4, 5, 31, 32, 33, 36, 37, 38};
} // namespace

std::uint64_t ggufValueMinBytes(std::uint32_t type)
{
    return type < kValueMinBytes.size() ? kValueMinBytes[type] : 0;
}

std::string foreignTensorTypeName(std::uint32_t type)
{
    std::string words = "number " + std::to_string(type);
    for (const auto& [number, name] : kForeignTypes)
        if (number == type)
            words = name;
    if (std::ranges::find(kWithdrawnTypes, type) != kWithdrawnTypes.end())
        words += " (withdrawn from the format)";
    return words;
}

} // namespace lectern
