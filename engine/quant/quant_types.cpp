#include "engine/quant/quant_types.h"

#include "engine/quant/iq4_nl.h"
#include "engine/quant/iq4_xs.h"
#include "engine/quant/plain_types.h"
#include "engine/quant/q2_k.h"
#include "engine/quant/q3_k.h"
#include "engine/quant/q4_0.h"
#include "engine/quant/q4_1.h"
#include "engine/quant/q4_k.h"
#include "engine/quant/q5_0.h"
#include "engine/quant/q5_1.h"
#include "engine/quant/q5_k.h"
#include "engine/quant/q6_k.h"
#include "engine/quant/q8_0.h"

namespace lectern {

namespace {

template <typename Block> void unpackBlocks(const std::byte* row, float* out, std::size_t n)
{
    const auto* blocks = reinterpret_cast<const Block*>(row);
    for (std::size_t i = 0; i < n / Block::kElements; ++i)
        unpack(blocks[i], out + i * Block::kElements);
}

template <typename Block> void packBlocks(const float* values, std::byte* row, std::size_t n)
{
    auto* blocks = reinterpret_cast<Block*>(row);
    for (std::size_t i = 0; i < n / Block::kElements; ++i)
        pack(values + i * Block::kElements, blocks[i]);
}

template <typename Block> constexpr QuantType blocks(TensorType type)
{
    return {type, unpackBlocks<Block>, packBlocks<Block>};
}

constexpr QuantType kTypes[] = {
    {TensorType::F32, unpackF32, packF32},    {TensorType::F16, unpackF16, packF16},
    {TensorType::BF16, unpackBF16, packBF16}, blocks<BlockQ8_0>(TensorType::Q8_0),
    blocks<BlockQ4_0>(TensorType::Q4_0),      blocks<BlockQ4_1>(TensorType::Q4_1),
    blocks<BlockQ5_0>(TensorType::Q5_0),      blocks<BlockQ5_1>(TensorType::Q5_1),
    blocks<BlockQ2_K>(TensorType::Q2_K),      blocks<BlockQ3_K>(TensorType::Q3_K),
    blocks<BlockQ4_K>(TensorType::Q4_K),      blocks<BlockQ5_K>(TensorType::Q5_K),
    blocks<BlockQ6_K>(TensorType::Q6_K),      blocks<BlockIQ4_NL>(TensorType::IQ4_NL),
    blocks<BlockIQ4_XS>(TensorType::IQ4_XS),  {TensorType::F64, unpackF64, nullptr},
    {TensorType::I8, unpackI8, nullptr},      {TensorType::I16, unpackI16, nullptr},
    {TensorType::I32, unpackI32, nullptr},    {TensorType::I64, unpackI64, nullptr},
};

} // namespace

const QuantType* quantType(TensorType type)
{
    for (const QuantType& row : kTypes)
        if (row.type == type)
            return &row;
    return nullptr;
}

std::span<const QuantType> quantTypes()
{
    return kTypes;
}

} // namespace lectern
