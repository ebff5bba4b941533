// The bytes of one GGUF metadata value; the writer's half of gguf_value_reader.
#pragma once

#include "engine/base/result.h"
#include "engine/format/gguf_types.h"
#include "engine/format/metadata.h"

#include <cstddef>
#include <cstring>
#include <vector>

namespace lectern {

// Appends the raw bytes of `value` (a number).
template <typename T> void appendRaw(std::vector<std::byte>& out, T value)
{
    out.resize(out.size() + sizeof(T));
    std::memcpy(out.data() + out.size() - sizeof(T), &value, sizeof(T));
}

void appendText(std::vector<std::byte>& out, std::string_view text);

// The type a value gets when the caller names none: 32 bits where all numbers fit, F32 for real numbers.
GgufValueType usualValueType(const MetaValue& value);

// False if some number of `value` is outside the range of `type`, or `type` is of another kind.
bool valueFits(const MetaValue& value, GgufValueType type);

// Type word(s) and value. `value` fits `type`.
void appendValue(std::vector<std::byte>& out, const MetaValue& value, GgufValueType type);

} // namespace lectern
