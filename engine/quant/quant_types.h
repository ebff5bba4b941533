// The list of element types that can be turned into floats and, where packRow is set, made from floats. To
// add one: write engine/quant/<name>.h (block layout, unpack, pack) and a row in quant_types.cpp. All calls
// are pure; any thread.
#pragma once

#include "engine/base/tensor_type.h"

#include <cstddef>
#include <span>

namespace lectern {

struct QuantType {
    TensorType type;
    // `n`: elements of the row, a multiple of the type's blockElements. Rows start at a multiple of 2 bytes.
    void (*unpackRow)(const std::byte* row, float* out, std::size_t n);
    void (*packRow)(const float* values, std::byte* row, std::size_t n); // nullptr: this type is only read
};

// nullptr where Lectern does not know the type.
const QuantType* quantType(TensorType type);

// Every known type, for help texts and tests.
std::span<const QuantType> quantTypes();

} // namespace lectern
