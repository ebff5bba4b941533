// A small Llama model of random weights as a GGUF file, with the same weights (as the file's type holds them)
// for the float64 reference. Keys and tensors can be changed before the file is written, to make it wrong.
#pragma once

#include "engine/base/tensor_type.h"
#include "engine/format/metadata.h"
#include "tests/support/reference_decoder.h"

#include <cstddef>
#include <map>
#include <string>

namespace lectern::test {

struct RandomShape {
    int layers = 2, heads = 4, kvHeads = 2, headDim = 64, embedding = 256, feedForward = 256, vocabulary = 80;
    TensorType type = TensorType::F32; // of all matrices
    bool tied = false;                 // no output matrix of its own
    bool ropeDivisors = false;         // a rope_freqs tensor
    double linearFactor = 1;           // positions divided by this
    double ropeBase = 10000;
    int ropeDimensions = 0; // 0: all
    unsigned seed = 1;
};

struct GgufTensor {
    TensorType type = TensorType::F32;
    std::vector<std::uint64_t> shape; // fastest first
    std::vector<std::byte> bytes;
};

struct RandomGguf {
    explicit RandomGguf(const RandomShape& shape);

    std::map<std::string, MetaValue> keys;
    std::map<std::string, GgufTensor> tensors;
    ReferenceModel reference;

    // "" or what the writer said.
    std::string write(const std::string& path) const;
};

} // namespace lectern::test
