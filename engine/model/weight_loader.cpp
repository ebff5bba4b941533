#include "engine/model/weight_loader.h"

#include "engine/quant/quant_types.h"

namespace lectern {

namespace {

std::string shapeText(const TensorEntry& tensor)
{
    return std::to_string(tensor.shape[0]) + " x " + std::to_string(tensor.shape[1]);
}

Result<const TensorEntry*> findTensor(const ModelFile& file, const std::string& name, std::uint64_t cols,
                                      std::uint64_t rows)
{
    const TensorEntry* tensor = file.find(name);
    if (!tensor)
        return fail(ErrorCode::BadInput,
                    "The model has no tensor \"" + name + "\", which its architecture needs.",
                    "The file is incomplete; download it again.");
    if (tensor->shape[0] != cols || tensor->shape[1] != rows || tensor->shape[2] != 1 ||
        tensor->shape[3] != 1)
        return fail(ErrorCode::BadInput,
                    "The tensor \"" + name + "\" is " + shapeText(*tensor) +
                        ", but the model's numbers ask for " + std::to_string(cols) + " x " +
                        std::to_string(rows) + ".",
                    "The file is damaged or was converted wrongly.");
    if (!quantType(tensor->type))
        return fail(ErrorCode::Unsupported,
                    "The tensor \"" + name + "\" has a type this version cannot compute with.",
                    "Use a file with another quantisation.");
    return tensor;
}

} // namespace

Result<LinearWeights> WeightLoader::linear(const std::string& name, int rows, int cols)
{
    const auto tensor = findTensor(m_file, name, std::uint64_t(cols), std::uint64_t(rows));
    if (!tensor)
        return failed(tensor);
    LinearWeights weights;
    weights.type = (*tensor)->type;
    weights.rows = rows;
    weights.cols = cols;
    weights.data = (*tensor)->data;
    weights.rowBytes = tensorBytes(*tensorTypeInfo(weights.type), std::uint64_t(cols));
    return weights;
}

Result<std::vector<float>> WeightLoader::vector(const std::string& name, int count)
{
    const auto tensor = findTensor(m_file, name, std::uint64_t(count), 1);
    if (!tensor)
        return failed(tensor);
    std::vector<float> values(static_cast<std::size_t>(count));
    quantType((*tensor)->type)->unpackRow((*tensor)->data, values.data(), values.size());
    return values;
}

WeightLoader& WeightLoader::take(LinearWeights& into, const std::string& name, int rows, int cols)
{
    if (!m_status)
        return *this;
    auto loaded = linear(name, rows, cols);
    if (loaded)
        into = *loaded;
    else
        m_status = failed(loaded);
    return *this;
}

WeightLoader& WeightLoader::take(std::vector<float>& into, const std::string& name, int count)
{
    if (!m_status)
        return *this;
    auto loaded = vector(name, count);
    if (loaded)
        into = std::move(*loaded);
    else
        m_status = failed(loaded);
    return *this;
}

WeightLoader& WeightLoader::takeRows(LinearWeights& into, const std::string& name, int first, int rows,
                                     int of, int cols)
{
    take(into, name, of, cols);
    if (m_status) {
        into.data = into.row(first);
        into.rows = rows;
    }
    return *this;
}

WeightLoader& WeightLoader::takeBias(LinearWeights& into, const std::string& name, int first, int of,
                                     ModelWeights& owner)
{
    if (!m_status || !has(name))
        return *this;
    std::vector<float> values;
    take(values, name, of);
    if (m_status) {
        owner.biases.emplace_back(values.begin() + first, values.begin() + first + into.rows);
        into.bias = owner.biases.back().data();
    }
    return *this;
}

} // namespace lectern
