// Reads the header of one GGUF file from memory and proves it before anything is used. Apart from gguf_file.h
// so that tests and fuzzers can feed it bytes.
//
// Limits, so that a file that lies costs neither time nor memory: every count is at most what the bytes that
// remain could hold, and at most the caps below (far above any published model).
#pragma once

#include "engine/base/result.h"
#include "engine/base/tensor_type.h"
#include "engine/format/metadata.h"

#include <array>
#include <cstddef>
#include <span>

namespace lectern {

// One tensor's place. shape[0] is the fastest-moving dimension: a weight of `out` rows of `in` is {in, out}.
struct TensorEntry {
    std::string name;
    TensorType type = TensorType::F32;
    std::array<std::uint64_t, 4> shape{1, 1, 1, 1};
    std::uint32_t dimensions = 0;
    std::uint64_t bytes = 0;
    const std::byte* data =
        nullptr; // inside the mapping; lives as long as the file object that gave the entry

    std::uint64_t elements() const { return shape[0] * shape[1] * shape[2] * shape[3]; } // checked at load
};

struct GgufPart {
    Metadata metadata;
    std::vector<TensorEntry> tensors; // in file order; data points into the bytes that were parsed
    std::uint32_t version = 0;
};

// BadInput (or Unsupported for versions and tensor types Lectern does not read) naming the key or tensor;
// `label` is the file's name in the message. The tensors point into `bytes`.
Result<GgufPart> parseGguf(std::span<const std::byte> bytes, const std::string& label);

} // namespace lectern
