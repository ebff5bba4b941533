#include "engine/format/gguf_parser.h"

#include "engine/base/checked.h"
#include "engine/format/gguf_value_reader.h"

#include <algorithm>
#include <bit>

namespace lectern {

namespace {

constexpr std::uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;    // length, one character, type, the smallest value
constexpr std::uint64_t kMinTensorBytes = 8 + 4 + 4 + 8; // length, dimension count, type, offset

// Weights are used where they lie in the mapping, so they must start where the machine can load them.
std::uint64_t naturalAlignment(TensorType type)
{
    return type == TensorType::F64 || type == TensorType::I64 ? 8 : 4;
}

class Parser {
public:
    Parser(std::span<const std::byte> bytes, const std::string& label)
        : m_bytes(bytes), m_values(bytes, label)
    {
    }

    Result<GgufPart> parse()
    {
        for (const auto step : {&Parser::readHeader, &Parser::readKeys, &Parser::readAlignment,
                                &Parser::readTensors, &Parser::placeTensors, &Parser::checkNames})
            if (const Status status = (this->*step)(); !status)
                return failed(status);
        return std::move(m_part);
    }

private:
    Status readHeader();
    Status readKeys();
    Status readAlignment();
    Status readTensors();
    Status readTensor(std::uint64_t index);
    Status readShape(TensorEntry& tensor, const std::string& what);
    Status readType(TensorEntry& tensor, const std::string& what);
    Status placeTensors();
    Status checkNames();

    template <typename... Words> tl::unexpected<Error> bad(const Words&... words) const
    {
        return m_values.bad(words...);
    }

    std::span<const std::byte> m_bytes;
    GgufValueReader m_values;
    ByteReader& m_reader = m_values.cursor();
    GgufPart m_part;
    std::vector<std::uint64_t> m_offsets; // of m_part.tensors, from the start of the data
    std::uint64_t m_keyCount = 0, m_tensorCount = 0;
    std::uint64_t m_alignment = kGgufDefaultAlignment;
};

Status Parser::readHeader()
{
    std::uint32_t magic = 0, version = 0;
    if (!m_reader.read(magic) || magic != kGgufMagic)
        return bad("it does not start with \"GGUF\"", ErrorCode::BadInput,
                   "Choose a .gguf file, or convert the model to GGUF first.");
    if (!m_reader.read(version) || !m_reader.read(m_tensorCount) || !m_reader.read(m_keyCount))
        return bad("it ends inside the header");
    if (version != 2 && version != 3) {
        const std::uint32_t swapped = __builtin_bswap32(version);
        if (swapped >= 1 && swapped <= 3)
            return bad("it was written for machines of the other byte order (big-endian)",
                       ErrorCode::Unsupported, "Get the little-endian file.");
        return bad("it is of GGUF version " + std::to_string(version) +
                       ", and Lectern reads versions 2 and 3",
                   ErrorCode::Unsupported, "Convert the model again with a current converter.");
    }
    m_part.version = version;
    if (m_keyCount > kGgufMaxKeys || m_keyCount > m_reader.remaining() / kMinKeyBytes)
        return bad("it claims " + std::to_string(m_keyCount) + " metadata keys, more than it can hold");
    if (m_tensorCount > kGgufMaxTensors || m_tensorCount > m_reader.remaining() / kMinTensorBytes)
        return bad("it claims " + std::to_string(m_tensorCount) + " tensors, more than it can hold");
    return {};
}

Status Parser::readKeys()
{
    for (std::uint64_t i = 0; i < m_keyCount; ++i) {
        auto key = m_values.readText(kGgufMaxKeyBytes, "the name of metadata key " + std::to_string(i));
        if (!key)
            return failed(key);
        if (key->empty())
            return bad("metadata key " + std::to_string(i) + " has an empty name");
        const std::string what = "metadata key " + quotedName(*key);
        std::uint32_t type = 0;
        if (!m_reader.read(type))
            return bad("the file ends inside " + what);
        if (*key == kGgufAlignmentKey && type != static_cast<std::uint32_t>(GgufValueType::U32))
            return bad(what + " is not a 32-bit whole number");
        auto value = m_values.readValue(type, what);
        if (!value)
            return failed(value);
        if (!m_part.metadata.insert(std::move(*key), std::move(*value)))
            return bad(what + " occurs twice");
    }
    return {};
}

Status Parser::readAlignment()
{
    const auto alignment = m_part.metadata.unsignedOr(kGgufAlignmentKey, kGgufDefaultAlignment);
    if (!alignment)
        return failed(alignment);
    if (!std::has_single_bit(*alignment) || *alignment > kGgufMaxAlignment)
        return bad("metadata key " + quotedName(kGgufAlignmentKey) + " is " + std::to_string(*alignment) +
                   ", not a power of two up to " + std::to_string(kGgufMaxAlignment));
    m_alignment = *alignment;
    return {};
}

Status Parser::readTensors()
{
    m_part.tensors.reserve(m_tensorCount);
    m_offsets.reserve(m_tensorCount);
    for (std::uint64_t i = 0; i < m_tensorCount; ++i)
        if (const Status status = readTensor(i); !status)
            return status;
    return {};
}

Status Parser::readTensor(std::uint64_t index)
{
    TensorEntry tensor;
    auto name = m_values.readText(kGgufMaxTensorNameBytes, "the name of tensor " + std::to_string(index));
    if (!name)
        return failed(name);
    if (name->empty())
        return bad("tensor " + std::to_string(index) + " has an empty name");
    const std::string what = "tensor " + quotedName(*name);
    tensor.name = std::move(*name);
    if (const Status status = readShape(tensor, what); !status)
        return status;
    if (const Status status = readType(tensor, what); !status)
        return status;
    std::uint64_t offset = 0;
    if (!m_reader.read(offset))
        return bad("the file ends inside " + what);
    if (offset % m_alignment != 0)
        return bad(what + " starts at offset " + std::to_string(offset) + ", which is not a multiple of " +
                   std::to_string(m_alignment));
    m_offsets.push_back(offset);
    m_part.tensors.push_back(std::move(tensor));
    return {};
}

Status Parser::readShape(TensorEntry& tensor, const std::string& what)
{
    if (!m_reader.read(tensor.dimensions))
        return bad("the file ends inside " + what);
    if (tensor.dimensions > kGgufMaxDimensions)
        return bad(what + " has " + std::to_string(tensor.dimensions) + " dimensions, more than " +
                   std::to_string(kGgufMaxDimensions));
    std::optional<std::uint64_t> elements = 1;
    for (std::uint32_t d = 0; d < tensor.dimensions; ++d) {
        if (!m_reader.read(tensor.shape[d]))
            return bad("the file ends inside " + what);
        elements = checkedMul(*elements, tensor.shape[d]);
        // 2^63: no file is as large, and signed users of the count stay right.
        if (tensor.shape[d] == 0 || !elements || *elements >> 63 != 0)
            return bad(what + " has an impossible size: dimension " + std::to_string(d) + " is " +
                       std::to_string(tensor.shape[d]));
    }
    return {};
}

Status Parser::readType(TensorEntry& tensor, const std::string& what)
{
    std::uint32_t type = 0;
    if (!m_reader.read(type))
        return bad("the file ends inside " + what);
    const TensorTypeInfo* info = tensorTypeInfo(static_cast<TensorType>(type));
    if (!info)
        return bad(what + " is of type " + foreignTensorTypeName(type) + ", which Lectern does not read",
                   ErrorCode::Unsupported, "Get the model in another quantisation, such as Q4_K_M or Q8_0.");
    if (tensor.shape[0] % info->blockElements != 0)
        return bad(what + " has rows of " + std::to_string(tensor.shape[0]) + " elements, which " +
                   std::string(info->name) + " blocks of " + std::to_string(info->blockElements) +
                   " do not divide");
    const auto bytes = checkedMul(tensor.elements() / info->blockElements, info->blockBytes);
    if (!bytes)
        return bad(what + " has an impossible size");
    tensor.type = info->type;
    tensor.bytes = *bytes;
    return {};
}

Status Parser::placeTensors()
{
    if (m_part.tensors.empty())
        return {};
    const auto dataStart = checkedRoundUp(m_reader.position(), m_alignment);
    for (std::size_t i = 0; i < m_offsets.size(); ++i) {
        TensorEntry& tensor = m_part.tensors[i];
        const auto start = dataStart ? checkedAdd(*dataStart, m_offsets[i]) : std::nullopt;
        const auto end = start ? checkedAdd(*start, tensor.bytes) : std::nullopt;
        if (!end || *end > m_bytes.size())
            return bad("tensor " + quotedName(tensor.name) + " (offset " + std::to_string(m_offsets[i]) +
                       ", " + std::to_string(tensor.bytes) + " bytes) reaches past the end of the file");
        if (*start % naturalAlignment(tensor.type) != 0)
            return bad("tensor " + quotedName(tensor.name) + " starts at byte " + std::to_string(*start) +
                       " of the file, where its numbers can not be read in place");
        tensor.data = m_bytes.data() + *start;
    }
    std::vector<const TensorEntry*> byPlace;
    for (const TensorEntry& tensor : m_part.tensors)
        byPlace.push_back(&tensor);
    std::ranges::sort(byPlace, {}, &TensorEntry::data);
    for (std::size_t i = 1; i < byPlace.size(); ++i)
        if (byPlace[i - 1]->data + byPlace[i - 1]->bytes > byPlace[i]->data)
            return bad("tensor " + quotedName(byPlace[i]->name) + " overlaps tensor " +
                       quotedName(byPlace[i - 1]->name));
    return {};
}

Status Parser::checkNames()
{
    std::vector<std::string_view> names;
    for (const TensorEntry& tensor : m_part.tensors)
        names.push_back(tensor.name);
    std::ranges::sort(names);
    if (const auto twin = std::ranges::adjacent_find(names); twin != names.end())
        return bad("tensor " + quotedName(*twin) + " occurs twice");
    return {};
}

} // namespace

Result<GgufPart> parseGguf(std::span<const std::byte> bytes, const std::string& label)
{
    return Parser(bytes, label).parse();
}

} // namespace lectern
