#include "engine/format/gguf_value_reader.h"

namespace lectern {

tl::unexpected<Error> GgufValueReader::bad(const std::string& why, ErrorCode code, const char* hint) const
{
    return fail(code, m_label + " is not a valid model: " + why + ".",
                hint ? hint : "The file is damaged or incomplete; download or convert it again.");
}

Result<std::string> GgufValueReader::readText(std::uint64_t cap, const std::string& what)
{
    std::uint64_t length = 0;
    if (!m_cursor.read(length))
        return bad("the file ends inside " + what);
    if (length > cap)
        return bad(what + " is " + std::to_string(length) + " bytes long, more than the " +
                   std::to_string(cap) + " allowed");
    std::string text;
    if (!m_cursor.readText(length, text))
        return bad(what + " is " + std::to_string(length) +
                   " bytes long and reaches past the end of the file");
    return text;
}

template <typename Disk, typename Kept> Result<MetaValue> GgufValueReader::readNumber(const std::string& what)
{
    Disk number{};
    if (!m_cursor.read(number))
        return bad("the file ends inside " + what);
    return MetaValue(static_cast<Kept>(number));
}

Result<bool> GgufValueReader::readBool(const std::string& what)
{
    std::uint8_t byte = 0;
    if (!m_cursor.read(byte))
        return bad("the file ends inside " + what);
    if (byte > 1)
        return bad(what + " is a true-or-false value stored as " + std::to_string(byte));
    return byte == 1;
}

template <typename Disk, typename Kept>
Result<MetaValue> GgufValueReader::readNumbers(std::uint64_t count, const std::string& what)
{
    const auto bytes = m_cursor.take(count * sizeof(Disk)); // readList proved that the product fits
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

Result<MetaValue> GgufValueReader::readBools(std::uint64_t count, const std::string& what)
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

Result<MetaValue> GgufValueReader::readTexts(std::uint64_t count, const std::string& what)
{
    std::vector<std::string> list;
    list.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t length = 0;
        std::string text;
        if (!m_cursor.read(length) || length > kGgufMaxTextBytes - m_textBytes ||
            !m_cursor.readText(length, text))
            return bad("text " + std::to_string(i) + " of " + what +
                       " is longer than the file or the limit allows");
        m_textBytes += length;
        list.push_back(std::move(text));
    }
    return MetaValue(std::move(list));
}

Result<MetaValue> GgufValueReader::readList(const std::string& what)
{
    std::uint32_t type = 0;
    std::uint64_t count = 0;
    if (!m_cursor.read(type) || !m_cursor.read(count))
        return bad("the file ends inside " + what);
    const std::uint64_t minBytes = ggufValueMinBytes(type);
    if (minBytes == 0)
        return bad(what + " is a list of the unknown type " + std::to_string(type));
    if (count > m_cursor.remaining() / minBytes)
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

Result<MetaValue> GgufValueReader::readValue(std::uint32_t type, const std::string& what)
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

} // namespace lectern
