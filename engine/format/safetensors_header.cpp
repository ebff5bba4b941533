#include "engine/format/safetensors_header.h"

#include "engine/base/checked.h"
#include "engine/format/byte_reader.h"
#include "engine/format/json_events.h"
#include "engine/format/quoted_name.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace lectern {

namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMaxTensors = 1 << 17;
constexpr std::size_t kMaxNameBytes = 1 << 12;
constexpr std::size_t kMaxDimensions = 64;
constexpr std::size_t kMaxMetadataBytes = 1 << 24;
constexpr const char* kHint = "The file is damaged or incomplete; download it again.";

struct Dtype {
    std::string_view name;
    std::uint32_t bytes;
    std::optional<TensorType> type; // nothing: the engine does not compute with it
};

constexpr std::array kDtypes{
    Dtype{"F64", 8, TensorType::F64},
    Dtype{"F32", 4, TensorType::F32},
    Dtype{"F16", 2, TensorType::F16},
    Dtype{"BF16", 2, TensorType::BF16},
    Dtype{"I64", 8, TensorType::I64},
    Dtype{"I32", 4, TensorType::I32},
    Dtype{"I16", 2, TensorType::I16},
    Dtype{"I8", 1, TensorType::I8},
    Dtype{"U64", 8, {}},
    Dtype{"U32", 4, {}},
    Dtype{"U16", 2, {}},
    Dtype{"U8", 1, {}},
    Dtype{"BOOL", 1, {}},
    Dtype{"F8_E4M3", 1, {}},
    Dtype{"F8_E5M2", 1, {}},
};

const Dtype* dtypeByName(std::string_view name)
{
    const auto row = std::ranges::find(kDtypes, name, &Dtype::name);
    return row == kDtypes.end() ? nullptr : &*row;
}

// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}}
class HeaderEvents : public JsonEvents {
public:
    struct Tensor {
        SafetensorsEntry entry;
        std::vector<std::uint64_t> offsets; // begin and end, from the start of the data
    };
    std::vector<Tensor> tensors;
    std::map<std::string, std::string> metadata;

    bool start_object(std::size_t) override
    {
        if (m_depth == 2 || m_list)
            return unexpected("an object");
        ++m_depth;
        return true;
    }

    bool end_object() override
    {
        if (m_depth-- == 2 && !m_inMetadata)
            return finishTensor();
        m_inMetadata = false;
        return true;
    }

    bool key(std::string& name) override
    {
        if (m_depth == 1)
            return startEntry(name);
        if (!m_fields.insert(name).second)
            return refuse(place() + " has the key " + quotedName(name) + " twice");
        m_field = name;
        return true;
    }

    bool string(std::string& text) override
    {
        if (m_depth == 2 && m_inMetadata) {
            m_metadataBytes += m_field.size() + text.size();
            if (m_metadataBytes > kMaxMetadataBytes)
                return refuse("its metadata is too large");
            metadata[m_field] = text;
            return true;
        }
        if (m_depth != 2 || m_list || m_field != "dtype")
            return unexpected("a text");
        const Dtype* dtype = dtypeByName(text);
        if (!dtype)
            return refuse(place() + " has the unknown type " + quotedName(text));
        tensors.back().entry.dtype = dtype->name;
        return true;
    }

    bool start_array(std::size_t) override
    {
        if (m_depth != 2 || m_inMetadata || m_list)
            return unexpected("a list");
        m_list = m_field == "shape"          ? &tensors.back().entry.shape
                 : m_field == "data_offsets" ? &tensors.back().offsets
                                             : nullptr;
        return m_list || unexpected("a list");
    }

    bool end_array() override
    {
        m_list = nullptr;
        return true;
    }

    bool number_unsigned(std::uint64_t number) override
    {
        if (!m_list || m_list->size() == kMaxDimensions)
            return unexpected("a number");
        m_list->push_back(number);
        return true;
    }

protected:
    std::string place() const override
    {
        if (m_depth == 0 || (m_depth == 1 && tensors.empty()))
            return "its header";
        return m_inMetadata ? "its metadata" : "tensor " + quotedName(tensors.back().entry.name);
    }

private:
    bool startEntry(const std::string& name)
    {
        m_fields.clear();
        m_inMetadata = name == "__metadata__";
        if (!m_names.insert(name).second)
            return refuse("tensor " + quotedName(name) + " occurs twice");
        if (m_inMetadata)
            return true;
        if (name.size() > kMaxNameBytes || tensors.size() == kMaxTensors)
            return refuse("it has too many tensors, or names that are too long, at tensor " +
                          quotedName(name));
        tensors.emplace_back();
        tensors.back().entry.name = name;
        return true;
    }

    bool finishTensor()
    {
        const Tensor& tensor = tensors.back();
        for (const char* field : {"dtype", "shape", "data_offsets"})
            if (!m_fields.contains(field))
                return refuse(place() + " has no " + field);
        if (tensor.offsets.size() != 2)
            return refuse(place() + " has " + std::to_string(tensor.offsets.size()) + " data_offsets, not 2");
        return true;
    }

    int m_depth = 0;
    bool m_inMetadata = false;
    std::string m_field;
    std::vector<std::uint64_t>* m_list = nullptr;
    std::set<std::string> m_fields, m_names;
    std::size_t m_metadataBytes = 0;
};

// Empty if the entry's bytes are its shape times its type.
std::string sizeFault(SafetensorsEntry& entry)
{
    std::optional<std::uint64_t> elements = 1;
    for (const std::uint64_t extent : entry.shape)
        elements = elements ? checkedMul(*elements, extent) : std::nullopt;
    const auto bytes = elements ? checkedMul(*elements, dtypeByName(entry.dtype)->bytes) : std::nullopt;
    if (!bytes)
        return "has an impossible shape";
    if (*bytes != entry.bytes)
        return "needs " + std::to_string(*bytes) + " bytes for its shape, but has " +
               std::to_string(entry.bytes);
    entry.elements = *elements;
    return {};
}

// Empty if the tensors, in order, tile `data` exactly. Sets each entry's data, bytes and elements.
std::string placeAll(std::vector<HeaderEvents::Tensor>& tensors, std::span<const std::byte> data)
{
    std::ranges::sort(tensors, {}, &HeaderEvents::Tensor::offsets);
    std::uint64_t position = 0;
    for (HeaderEvents::Tensor& tensor : tensors) {
        const std::string what = "tensor " + quotedName(tensor.entry.name) + " ";
        const std::uint64_t begin = tensor.offsets[0], end = tensor.offsets[1];
        if (end < begin)
            return what + "ends before it begins";
        if (begin < position)
            return what + "overlaps the tensor before it";
        if (begin > position)
            return what + "leaves a hole of " + std::to_string(begin - position) + " bytes before it";
        if (end > data.size())
            return what + "reaches past the end of the file";
        tensor.entry.bytes = end - begin;
        tensor.entry.data = data.data() + begin;
        if (const std::string fault = sizeFault(tensor.entry); !fault.empty())
            return what + fault;
        position = end;
    }
    if (position != data.size())
        return std::to_string(data.size() - position) + " bytes at its end belong to no tensor";
    return {};
}

} // namespace

Result<TensorEntry> SafetensorsEntry::tensor() const
{
    const Dtype* row = dtypeByName(dtype);
    if (!row || !row->type || shape.size() > 4 || elements == 0)
        return fail(ErrorCode::Unsupported,
                    "Tensor " + quotedName(name) + " is of type " + std::string(dtype) + " with " +
                        std::to_string(shape.size()) + " dimensions, which Lectern does not compute with.",
                    "Get the model in BF16, F16 or F32.");
    TensorEntry entry;
    entry.name = name;
    entry.type = *row->type;
    entry.dimensions = static_cast<std::uint32_t>(shape.size());
    std::ranges::copy(shape.rbegin(), shape.rend(), entry.shape.begin());
    entry.bytes = bytes;
    entry.data = data;
    return entry;
}

Result<SafetensorsHeader> parseSafetensors(std::span<const std::byte> bytes, const std::string& label)
{
    const std::string complaint = label + " is not a valid safetensors file";
    const auto bad = [&](const std::string& why) {
        return fail(ErrorCode::BadInput, complaint + ": " + why + ".", kHint);
    };
    ByteReader reader(bytes);
    std::uint64_t length = 0;
    if (!reader.read(length))
        return bad("it ends inside the header");
    if (length > kMaxHeaderBytes)
        return bad("its header claims " + std::to_string(length) + " bytes, more than the " +
                   std::to_string(kMaxHeaderBytes) + " allowed");
    if (length > reader.remaining())
        return bad("its header claims " + std::to_string(length) + " bytes, more than the file holds");
    const auto header = reader.take(length);
    const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
    if (!text.starts_with('{'))
        return bad("its header does not start with '{'");

    HeaderEvents events;
    if (const Status status = readJson(text, events, complaint, kHint); !status)
        return failed(status);
    if (const std::string fault = placeAll(events.tensors, bytes.subspan(reader.position())); !fault.empty())
        return bad(fault);
    SafetensorsHeader result;
    result.metadata = std::move(events.metadata);
    for (HeaderEvents::Tensor& tensor : events.tensors)
        result.tensors.push_back(std::move(tensor.entry));
    return result;
}

} // namespace lectern
