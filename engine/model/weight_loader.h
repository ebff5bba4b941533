// Takes tensors out of a GGUF file with their shapes checked; messages name the tensor.
#pragma once

#include "engine/format/model_file.h"
#include "engine/model/weights.h"

namespace lectern {

class WeightLoader {
public:
    explicit WeightLoader(const ModelFile& file) : m_file(file) {}

    bool has(const std::string& name) const { return m_file.find(name) != nullptr; }
    // BadInput if absent or of another shape; Unsupported if its type can not be computed with.
    Result<LinearWeights> linear(const std::string& name, int rows, int cols);
    Result<std::vector<float>> vector(const std::string& name, int count);

    // Parts of one struct, so that an architecture reads as a list: the first error stays, later calls do
    // nothing.
    WeightLoader& take(LinearWeights& into, const std::string& name, int rows, int cols);
    WeightLoader& take(std::vector<float>& into, const std::string& name, int count);
    // Rows [first, first + rows) of a tensor of `of` rows: several matrices stored as one.
    WeightLoader& takeRows(LinearWeights& into, const std::string& name, int first, int rows, int of,
                           int cols);
    // The biases [first, first + into.rows) of a tensor of `of` numbers, kept in `owner`; nothing if it is
    // absent.
    WeightLoader& takeBias(LinearWeights& into, const std::string& name, int first, int of,
                           ModelWeights& owner);
    const Status& status() const { return m_status; }

private:
    const ModelFile& m_file;
    Status m_status;
};

} // namespace lectern
