// A model as a list of tensors that can be read row by row in f32, under GGUF's names and in GGUF's order of
// rows: what the writer of converted, quantised and merged models takes.
#pragma once

#include "engine/format/model_file.h"

#include <functional>

namespace lectern {

struct SourceTensor {
    std::string name;
    TensorType type = TensorType::F32; // as stored
    std::vector<std::uint64_t> shape;  // fastest first
    // The stored bytes, where they are what GGUF would hold; else nullptr.
    const std::byte* raw = nullptr;
    std::uint64_t rawBytes = 0;
    // Row `row` of all rows, shape[0] floats. Called from several threads.
    std::function<void(std::uint64_t row, float* out)> read;

    std::uint64_t cols() const { return shape[0]; }
    std::uint64_t rows() const
    {
        std::uint64_t count = 1;
        for (std::size_t d = 1; d < shape.size(); ++d)
            count *= shape[d];
        return count;
    }
};

struct TensorSource {
    Metadata metadata; // with the tokenizer
    std::vector<SourceTensor> tensors;
    std::vector<std::string> warnings;
    std::vector<std::shared_ptr<const ModelFile>> files; // keep the rows mapped

    // The inputs still are what they were when they were opened.
    Status stillIntact() const;
};

// A GGUF file or the folder of a Hugging Face model, with its tokenizer as keys.
Result<TensorSource> openTensorSource(const std::string& path);

// weight * a + (1 - weight) * b, number by number (LongRecipe, arXiv 2409.00509: weight 0.5). Keys are those of
// a. BadInput naming the tensor where the models differ in more than their numbers.
Result<TensorSource> mergedSource(TensorSource a, TensorSource b, double weight);

} // namespace lectern
