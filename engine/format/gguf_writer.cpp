#include "engine/format/gguf_writer.h"

#include "engine/base/checked.h"
#include "engine/format/atomic_file_writer.h"
#include "engine/format/gguf_value_writer.h"
#include "engine/format/quoted_name.h"

#include <algorithm>

namespace lectern {

namespace {

tl::unexpected<Error> refused(const std::string& why)
{
    return fail(ErrorCode::BadInput, "Cannot write the model: " + why + ".");
}

// Bytes of a tensor of this shape; nothing if the shape is against the format.
std::optional<std::uint64_t> shapeBytes(const TensorTypeInfo& info, const std::vector<std::uint64_t>& shape)
{
    if (shape.empty() || shape.size() > kGgufMaxDimensions || shape[0] % info.blockElements != 0)
        return std::nullopt;
    std::optional<std::uint64_t> bytes = checkedMul(shape[0] / info.blockElements, info.blockBytes);
    for (std::size_t d = 1; d < shape.size() && bytes; ++d)
        bytes = checkedMul(*bytes, shape[d]);
    return bytes && *bytes > 0 ? bytes : std::nullopt;
}

std::uint64_t padding(std::uint64_t position)
{
    return (kGgufDefaultAlignment - position % kGgufDefaultAlignment) % kGgufDefaultAlignment;
}

} // namespace

Status GgufWriter::add(const std::string& key, MetaValue value, std::optional<GgufValueType> type)
{
    if (key.empty() || key.size() > kGgufMaxKeyBytes || key == kGgufAlignmentKey)
        return refused("the metadata key " + quotedName(key) + " is not allowed");
    const GgufValueType stored = type.value_or(usualValueType(value));
    if (!valueFits(value, stored))
        return refused("the value of the metadata key " + quotedName(key) + " does not fit its type");
    if (!m_metadata.insert(key, std::move(value)))
        return refused("the metadata key " + quotedName(key) + " was added twice");
    m_keys.push_back({key, stored});
    return {};
}

Status GgufWriter::addTensor(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                             Producer producer)
{
    const TensorTypeInfo* info = tensorTypeInfo(type);
    const auto bytes = info ? shapeBytes(*info, shape) : std::nullopt;
    if (name.empty() || name.size() > kGgufMaxTensorNameBytes || !bytes)
        return refused("tensor " + quotedName(name) +
                       " has a name, type or shape that the format does not allow");
    if (std::ranges::find(m_tensors, name, &Tensor::name) != m_tensors.end())
        return refused("tensor " + quotedName(name) + " was added twice");
    m_tensors.push_back({name, type, std::move(shape), *bytes, std::move(producer)});
    return {};
}

Status GgufWriter::addTensor(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                             std::span<const std::byte> bytes)
{
    return addTensor(name, type, std::move(shape), [bytes](const Sink& sink) { return sink(bytes); });
}

Status GgufWriter::addTensorOwned(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                                  std::vector<std::byte> bytes)
{
    return addTensor(name, type, std::move(shape),
                     [bytes = std::move(bytes)](const Sink& sink) { return sink(bytes); });
}

std::vector<std::byte> GgufWriter::header() const
{
    std::vector<std::byte> out;
    appendRaw(out, kGgufMagic);
    appendRaw<std::uint32_t>(out, 3);
    appendRaw<std::uint64_t>(out, m_tensors.size());
    appendRaw<std::uint64_t>(out, m_keys.size());
    for (const Key& key : m_keys) {
        appendText(out, key.name);
        appendValue(out, *m_metadata.find(key.name), key.type);
    }
    std::uint64_t offset = 0;
    for (const Tensor& tensor : m_tensors) {
        appendText(out, tensor.name);
        appendRaw<std::uint32_t>(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (const std::uint64_t extent : tensor.shape)
            appendRaw(out, extent);
        appendRaw(out, tensor.type);
        appendRaw(out, offset);
        offset += tensor.bytes + padding(tensor.bytes);
    }
    return out;
}

Status GgufWriter::write(const std::string& path) const
{
    auto file = AtomicFileWriter::create(path);
    if (!file)
        return failed(file);
    if (Status status = file->write(header()); !status)
        return status;
    for (const Tensor& tensor : m_tensors) {
        if (Status status = file->writeZeros(padding(file->written())); !status)
            return status;
        const std::uint64_t start = file->written();
        if (Status status = tensor.producer([&](auto piece) { return file->write(piece); }); !status)
            return status;
        if (file->written() - start != tensor.bytes)
            return refused("tensor " + quotedName(tensor.name) + " needs " + std::to_string(tensor.bytes) +
                           " bytes, and " + std::to_string(file->written() - start) + " were given");
    }
    // Readers may map whole aligned pieces: the last tensor is padded like the others.
    if (Status status = file->writeZeros(padding(file->written())); !status)
        return status;
    return file->commit();
}

} // namespace lectern
