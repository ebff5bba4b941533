#include "engine/format/gguf_parser.h"

#include "engine/base/checked.h"
#include "engine/format/byte_reader.h"
#include "engine/format/gguf_types.h"

#include <algorithm>
#include <bit>

namespace lectern {

namespace {

constexpr const char* kGetAgain = "The file is damaged or incomplete; download or convert it again.";
constexpr std::uint64_t kMinKeyBytes = 8 + 1 + 4 + 1;    // length, one character, type, the smallest value
constexpr std::uint64_t kMinTensorBytes = 8 + 4 + 4 + 8; // length, dimension count, type, offset

class Parser {
public:
    Parser(std::span<const std::byte> bytes, const std::string& label)
        : m_bytes(bytes), m_reader(bytes), m_label(label)
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
    tl::unexpected<Error> bad(const std::string& why, ErrorCode code = ErrorCode::BadInput,
                              const char* hint = kGetAgain) const
    {
        return fail(code, m_label + " is not a valid model: " + why + ".", hint);
    }

    Status readHeader();
    Status readKeys();
    Status readAlignment();
    Status readTensors();
    Status readTensor(std::uint64_t index);
    Status readShape(TensorEntry& tensor, const std::string& what);
    Status readType(TensorEntry& tensor, const std::string& what);
    Status placeTensors();
    Status checkNames();

    Result<std::string> readText(std::uint64_t cap, const std::string& what);
    Result<MetaValue> readValue(std::uint32_t type, const std::string& what);
    Result<MetaValue> readList(const std::string& what);
    Result<bool> readBool(const std::string& what);
    template <typename Disk, typename Kept> Result<MetaValue> readNumber(const std::string& what);
    template <typename Disk, typename Kept>
    Result<MetaValue> readNumbers(std::uint64_t count, const std::string& what);
    Result<MetaValue> readBools(std::uint64_t count, const std::string& what);
    Result<MetaValue> readTexts(std::uint64_t count, const std::string& what);

    std::span<const std::byte> m_bytes;
    ByteReader m_reader;
    const std::string& m_label;
    GgufPart m_part;
    std::vector<std::uint64_t> m_offsets; // of m_part.tensors, from the start of the data
    std::uint64_t m_keyCount = 0, m_tensorCount = 0;
    std::uint64_t m_alignment = kGgufDefaultAlignment;
    std::uint64_t m_listElements = 0, m_textBytes = 0;
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

Result<std::string> Parser::readText(std::uint64_t cap, const std::string& what)
{
    std::uint64_t length = 0;
    if (!m_reader.read(length))
        return bad("the file ends inside " + what);
    if (length > cap)
        return bad(what + " is " + std::to_string(length) + " bytes long, more than the " +
                   std::to_string(cap) + " allowed");
    std::string text;
    if (!m_reader.readText(length, text))
        return bad(what + " is " + std::to_string(length) +
                   " bytes long and reaches past the end of the file");
    return text;
}

template <typename Disk, typename Kept> Result<MetaValue> Parser::readNumber(const std::string& what)
{
    Disk number{};
    if (!m_reader.read(number))
        return bad("the file ends inside " + what);
    return MetaValue(static_cast<Kept>(number));
}

Result<bool> Parser::readBool(const std::string& what)
{
    std::uint8_t byte = 0;
    if (!m_reader.read(byte))
        return bad("the file ends inside " + what);
    if (byte > 1)
        return bad(what + " is a true-or-false value stored as " + std::to_string(byte));
    return byte == 1;
}

Result<MetaValue> Parser::readValue(std::uint32_t type, const std::string& what)
{
    switch (static_cast<GgufValueType>(type)) {
    case GgufValueType::U8:
        return readNumber<std::uint8_t, std::uint64_t>(what);
    case GgufValueType::U16:
        return readNumber<std::uint16_t, std::uint64_t>(what);
    case GgufValueType::U32:
        return readNumber<std::uint32_t, std::uint64_t>(what);
    case GgufValueType::U64:
        return readNumber<std::uint64_t, std::uint64_t>(what);
    case GgufValueType::I8:
        return readNumber<std::int8_t, std::int64_t>(what);
    case GgufValueType::I16:
        return readNumber<std::int16_t, std::int64_t>(what);
    case GgufValueType::I32:
        return readNumber<std::int32_t, std::int64_t>(what);
    case GgufValueType::I64:
        return readNumber<std::int64_t, std::int64_t>(what);
    case GgufValueType::F32:
        return readNumber<float, double>(what);
    case GgufValueType::F64:
        return readNumber<double, double>(what);
    case GgufValueType::Bool:
        return readBool(what).map([](bool flag) { return MetaValue(flag); });
    case GgufValueType::Text: {
        auto text = readText(kGgufMaxTextBytes - m_textBytes, what);
        if (!text)
            return failed(text);
        m_textBytes += text->size();
        return MetaValue(std::move(*text));
    }
    case GgufValueType::List:
        return readList(what);
    }
    return bad(what + " has the unknown type " + std::to_string(type));
}

template <typename Disk, typename Kept>
Result<MetaValue> Parser::readNumbers(std::uint64_t count, const std::string& what)
{
    const auto bytes = m_reader.take(count * sizeof(Disk)); // readList proved that the product fits
    if (bytes.size() != count * sizeof(Disk))
        return bad("the file ends inside " + what);
    std::vector<Kept> list(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        Disk number{};
        std::memcpy(&number, bytes.data() + i * sizeof(Disk), sizeof(Disk));
        list[i] = static_cast<Kept>(number);
    }
    return MetaValue(std::move(list));
}

Result<MetaValue> Parser::readBools(std::uint64_t count, const std::string& what)
{
    std::vector<bool> list(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Result<bool> flag = readBool(what);
        if (!flag)
            return failed(flag);
        list[i] = *flag;
    }
    return MetaValue(std::move(list));
}

Result<MetaValue> Parser::readTexts(std::uint64_t count, const std::string& what)
{
    std::vector<std::string> list;
    list.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t length = 0;
        std::string text;
        if (!m_reader.read(length) || length > kGgufMaxTextBytes - m_textBytes ||
            !m_reader.readText(length, text))
            return bad("text " + std::to_string(i) + " of " + what +
                       " is longer than the file or the limit allows");
        m_textBytes += length;
        list.push_back(std::move(text));
    }
    return MetaValue(std::move(list));
}

Result<MetaValue> Parser::readList(const std::string& what)
{
    std::uint32_t type = 0;
    std::uint64_t count = 0;
    if (!m_reader.read(type) || !m_reader.read(count))
        return bad("the file ends inside " + what);
    const std::uint64_t minBytes = ggufValueMinBytes(type);
    if (minBytes == 0)
        return bad(what + " is a list of the unknown type " + std::to_string(type));
    if (count > m_reader.remaining() / minBytes)
        return bad(what + " claims " + std::to_string(count) + " elements, more than the file holds");
    if (count > kGgufMaxListElements - m_listElements)
        return bad(what + " has " + std::to_string(count) + " elements, more than the limit allows");
    m_listElements += count;
    switch (static_cast<GgufValueType>(type)) {
    case GgufValueType::U8:
        return readNumbers<std::uint8_t, std::uint64_t>(count, what);
    case GgufValueType::U16:
        return readNumbers<std::uint16_t, std::uint64_t>(count, what);
    case GgufValueType::U32:
        return readNumbers<std::uint32_t, std::uint64_t>(count, what);
    case GgufValueType::U64:
        return readNumbers<std::uint64_t, std::uint64_t>(count, what);
    case GgufValueType::I8:
        return readNumbers<std::int8_t, std::int64_t>(count, what);
    case GgufValueType::I16:
        return readNumbers<std::int16_t, std::int64_t>(count, what);
    case GgufValueType::I32:
        return readNumbers<std::int32_t, std::int64_t>(count, what);
    case GgufValueType::I64:
        return readNumbers<std::int64_t, std::int64_t>(count, what);
    case GgufValueType::F32:
        return readNumbers<float, float>(count, what);
    case GgufValueType::F64:
        return readNumbers<double, double>(count, what);
    case GgufValueType::Bool:
        return readBools(count, what);
    case GgufValueType::Text:
        return readTexts(count, what);
    case GgufValueType::List:
        return bad(what + " is a list of lists, which Lectern does not read");
    }
    return bad(what + " is a list of an unknown type");
}

Status Parser::readKeys()
{
    for (std::uint64_t i = 0; i < m_keyCount; ++i) {
        auto key = readText(kGgufMaxKeyBytes, "the name of metadata key " + std::to_string(i));
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
        auto value = readValue(type, what);
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
    auto name = readText(kGgufMaxTensorNameBytes, "the name of tensor " + std::to_string(index));
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

std::string quotedName(std::string_view name)
{
    constexpr std::size_t kLongest = 80;
    std::string out = "\"";
    for (const char c : name.substr(0, kLongest))
        out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
    return out + (name.size() > kLongest ? "...\"" : "\"");
}

} // namespace lectern
