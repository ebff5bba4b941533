#include "engine/convert/tensor_source.h"

#include "engine/format/hf_family.h"
#include "engine/format/quoted_name.h"
#include "engine/quant/quant_types.h"
#include "engine/text/hf_vocabulary.h"
#include "engine/text/vocabulary_metadata.h"

#include <algorithm>

namespace lectern {

namespace {

int headDimOf(const Metadata& keys)
{
    const std::string prefix = keys.textOr("general.architecture", "").value_or("") + ".";
    const auto heads = keys.unsignedOr(prefix + "attention.head_count", 0).value_or(0);
    const auto width = keys.unsignedOr(prefix + "embedding_length", 0).value_or(0);
    const auto usual = heads > 0 ? width / heads : 0;
    return int(std::min<std::uint64_t>(keys.unsignedOr(prefix + "attention.key_length", usual).value_or(0), 1 << 16));
}

Result<SourceTensor> sourceTensor(const ModelFile& file, const TensorEntry& entry, int headDim)
{
    const QuantType* type = quantType(entry.type);
    if (!type)
        return fail(ErrorCode::Unsupported,
                    "The tensor " + quotedName(entry.name) + " has a type this version cannot read.",
                    "Use a file with another quantisation.");
    SourceTensor tensor;
    tensor.name = entry.name;
    tensor.type = entry.type;
    tensor.shape.assign(entry.shape.begin(), entry.shape.begin() + entry.dimensions);
    const std::uint64_t cols = entry.shape[0], rowBytes = tensorBytes(*tensorTypeInfo(entry.type), cols);
    const bool reorder = file.keepsHalves() && isRotatedTensor(entry.name) && headDim > 1;
    if (reorder && entry.dimensions == 1) { // a bias: one number a row
        tensor.read = [data = entry.data, type, cols, headDim](std::uint64_t, float* out) {
            std::vector<float> halves(cols);
            type->unpackRow(data, halves.data(), cols);
            for (std::uint64_t i = 0; i < cols; ++i)
                out[i] = halves[std::size_t(halvesRow(int(i), headDim))];
        };
        return tensor;
    }
    if (!reorder) {
        tensor.raw = entry.data;
        tensor.rawBytes = entry.bytes;
    }
    tensor.read = [data = entry.data, type, cols, rowBytes, reorder, headDim](std::uint64_t row, float* out) {
        const std::uint64_t from = reorder ? std::uint64_t(halvesRow(int(row), headDim)) : row;
        type->unpackRow(data + from * rowBytes, out, cols);
    };
    return tensor;
}

} // namespace

Status TensorSource::stillIntact() const
{
    for (const auto& file : files)
        if (Status status = file->stillIntact(); !status)
            return status;
    return {};
}

Result<TensorSource> openTensorSource(const std::string& path)
{
    auto file = ModelFile::open(path);
    if (!file)
        return failed(file);
    TensorSource source;
    source.metadata = (*file)->metadata();
    source.warnings = (*file)->warnings();
    const int headDim = headDimOf(source.metadata);
    for (const TensorEntry& entry : (*file)->tensors()) {
        auto tensor = sourceTensor(**file, entry, headDim);
        if (!tensor)
            return failed(tensor);
        source.tensors.push_back(std::move(*tensor));
    }
    const TensorEntry* embeddings = (*file)->find("token_embd.weight");
    if (!(*file)->tokenizerFolder().empty() && embeddings) {
        const auto vocabulary = readHfVocabulary((*file)->tokenizerFolder(), std::size_t(embeddings->shape[1]));
        if (!vocabulary)
            return failed(vocabulary);
        writeVocabulary(*vocabulary, source.metadata);
        source.warnings.insert(source.warnings.end(), vocabulary->warnings.begin(), vocabulary->warnings.end());
    }
    source.files.push_back(std::move(*file));
    return source;
}

Result<TensorSource> mergedSource(TensorSource a, TensorSource b, double weight)
{
    const auto differs = [](const std::string& how) {
        return fail(ErrorCode::BadInput, "The two models can not be merged: " + how + ".",
                    "Choose two checkpoints of the same model.");
    };
    const auto kindA = a.metadata.textOr("general.architecture", ""), kindB = b.metadata.textOr("general.architecture", "");
    if (!kindA || !kindB || *kindA != *kindB)
        return differs("they are of different architectures");
    TensorSource merged;
    for (SourceTensor& mine : a.tensors) {
        const auto other = std::ranges::find(b.tensors, mine.name, &SourceTensor::name);
        if (other == b.tensors.end())
            return differs("the second one has no tensor " + quotedName(mine.name));
        if (other->shape != mine.shape)
            return differs("the tensor " + quotedName(mine.name) + " has another shape in the second one");
        SourceTensor tensor{mine.name, mine.type, mine.shape, nullptr, 0, {}};
        tensor.read = [first = mine.read, second = other->read, weight, cols = mine.shape[0]](std::uint64_t row,
                                                                                             float* out) {
            std::vector<float> theirs(cols);
            first(row, out);
            second(row, theirs.data());
            for (std::uint64_t i = 0; i < cols; ++i)
                out[i] = static_cast<float>(weight * double(out[i]) + (1 - weight) * double(theirs[i]));
        };
        merged.tensors.push_back(std::move(tensor));
    }
    for (const SourceTensor& theirs : b.tensors)
        if (std::ranges::find(a.tensors, theirs.name, &SourceTensor::name) == a.tensors.end())
            return differs("the first one has no tensor " + quotedName(theirs.name));
    merged.metadata = std::move(a.metadata);
    merged.warnings = std::move(a.warnings);
    merged.files = std::move(a.files);
    merged.files.insert(merged.files.end(), b.files.begin(), b.files.end());
    return merged;
}

} // namespace lectern
