#include "engine/format/torch_file.h"

#include "engine/base/checked.h"
#include "engine/format/pickle_reader.h"
#include "engine/format/quoted_name.h"
#include "engine/format/stored_zip.h"

#include <algorithm>

namespace lectern {

namespace {

constexpr std::uint64_t kMaxPickleBytes = 16 << 20;
constexpr std::uint64_t kFloatBytes = 4;

std::string_view textOf(std::span<const std::byte> bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Empty if `tensor` lies in `storage` as plain rows; else what is wrong.
std::string place(const PickledTensor& tensor, std::span<const std::byte> storage, TensorEntry& entry)
{
    if (tensor.shape.size() > entry.shape.size())
        return "has more than 4 dimensions";
    std::optional<std::uint64_t> elements = 1;
    bool rows = true;
    for (std::size_t d = tensor.shape.size(); d-- > 0;) {
        rows = rows && (tensor.shape[d] == 1 || tensor.strides[d] == *elements);
        entry.shape[tensor.shape.size() - 1 - d] = tensor.shape[d];
        elements = checkedMul(*elements, tensor.shape[d]);
        if (!elements || *elements == 0)
            return "has an impossible shape";
    }
    if (!rows)
        return "is a transposed view, which Lectern does not read";
    const auto end = checkedAdd(tensor.offset, *elements);
    const auto endBytes = end ? checkedMul(*end, kFloatBytes) : std::nullopt;
    if (!endBytes || *end > tensor.storageElements || *endBytes > storage.size())
        return "reaches past the end of its data";
    entry.name = tensor.name;
    entry.type = TensorType::F32;
    entry.dimensions = static_cast<std::uint32_t>(tensor.shape.size());
    entry.bytes = *elements * kFloatBytes;
    entry.data = storage.data() + tensor.offset * kFloatBytes;
    return {};
}

} // namespace

Result<std::vector<TensorEntry>> parseTorchFile(std::span<const std::byte> bytes, const std::string& label)
{
    const auto bad = [&](const std::string& why) {
        return fail(ErrorCode::BadInput, label + " is not a valid PyTorch file: " + why + ".",
                    "Download it again, or convert it to safetensors.");
    };
    if (!textOf(bytes).starts_with("PK"))
        return bad("it is not an archive, as PyTorch 1.6 and later write");
    const auto archive = readStoredZip(bytes, label);
    if (!archive)
        return failed(archive);
    const auto pickle =
        std::ranges::find_if(*archive, [](const auto& entry) { return entry.first.ends_with("/data.pkl"); });
    if (pickle == archive->end() || pickle->second.size() > kMaxPickleBytes)
        return bad("it holds no data.pkl");
    const std::string folder =
        pickle->first.substr(0, pickle->first.size() - std::string_view("data.pkl").size());
    if (const auto order = archive->find(folder + "byteorder");
        order != archive->end() && textOf(order->second) != "little")
        return bad("it was written for machines of the other byte order");

    const auto tensors = readTensorPickle(pickle->second, label);
    if (!tensors)
        return failed(tensors);
    std::vector<TensorEntry> entries;
    for (const PickledTensor& tensor : *tensors) {
        const std::string what = "tensor " + quotedName(tensor.name) + " ";
        const auto storage = archive->find(folder + "data/" + tensor.storage);
        if (storage == archive->end())
            return bad(what + "has no data in the archive");
        TensorEntry entry;
        if (const std::string fault = place(tensor, storage->second, entry); !fault.empty())
            return bad(what + fault);
        entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, {}, &TensorEntry::name);
    if (const auto twin = std::ranges::adjacent_find(entries, {}, &TensorEntry::name); twin != entries.end())
        return bad("tensor " + quotedName(twin->name) + " occurs twice");
    return entries;
}

Result<std::shared_ptr<const TorchFile>> TorchFile::open(const std::string& path)
{
    const std::shared_ptr<TorchFile> torch(new TorchFile);
    auto file = MappedFile::open(path);
    if (!file)
        return failed(file);
    auto tensors = parseTorchFile(file->bytes(), path);
    if (!tensors)
        return failed(tensors);
    torch->m_file = std::move(*file);
    torch->m_tensors = std::move(*tensors);
    return torch;
}

} // namespace lectern
