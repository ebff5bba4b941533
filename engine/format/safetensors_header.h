// The header of one safetensors file, read from memory and proved before anything is used. The rules are
// those of the reference library: at most 100 MB of JSON that starts with '{'; every tensor's bytes are
// exactly its shape times its type; together the tensors tile the data without hole or overlap; no key occurs
// twice.
#pragma once

#include "engine/base/result.h"
#include "engine/format/gguf_parser.h"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lectern {

struct SafetensorsEntry {
    std::string name;
    std::string_view dtype;           // as in the file: "F32", "BF16", "F8_E4M3"...
    std::vector<std::uint64_t> shape; // as in the file: outermost dimension first; may hold zeros
    std::uint64_t elements = 1;
    std::uint64_t bytes = 0;
    const std::byte* data = nullptr; // inside the bytes that were parsed; any alignment

    // The tensor as the rest of the engine sees it (fastest dimension first). Unsupported: a type the engine
    // does not compute with, more than 4 dimensions, or no elements. The data may start at any byte: read it
    // through quantType(type)->unpackRow, which copes.
    Result<TensorEntry> tensor() const;
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> tensors; // in order of their data
    std::map<std::string, std::string> metadata;
};

// BadInput naming the tensor; `label` is the file's name in the message.
Result<SafetensorsHeader> parseSafetensors(std::span<const std::byte> bytes, const std::string& label);

} // namespace lectern
