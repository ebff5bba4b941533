#include "engine/format/gguf_value_writer.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

namespace lectern {

namespace {

// Calls `use` with a null pointer to the C++ type that stores `type`; false for texts and lists.
template <typename Use> bool withDiskType(GgufValueType type, Use use)
{
    switch (type) {
    case GgufValueType::U8:
        return use(static_cast<std::uint8_t*>(nullptr));
    case GgufValueType::I8:
        return use(static_cast<std::int8_t*>(nullptr));
    case GgufValueType::U16:
        return use(static_cast<std::uint16_t*>(nullptr));
    case GgufValueType::I16:
        return use(static_cast<std::int16_t*>(nullptr));
    case GgufValueType::U32:
        return use(static_cast<std::uint32_t*>(nullptr));
    case GgufValueType::I32:
        return use(static_cast<std::int32_t*>(nullptr));
    case GgufValueType::U64:
        return use(static_cast<std::uint64_t*>(nullptr));
    case GgufValueType::I64:
        return use(static_cast<std::int64_t*>(nullptr));
    case GgufValueType::F32:
        return use(static_cast<float*>(nullptr));
    case GgufValueType::F64:
        return use(static_cast<double*>(nullptr));
    case GgufValueType::Bool:
        return use(static_cast<bool*>(nullptr));
    case GgufValueType::Text:
    case GgufValueType::List:
        break;
    }
    return false;
}

// Calls `use` for the value, or for each element of a list, until it answers false.
template <typename Use> bool eachElement(const MetaValue& value, Use use)
{
    return std::visit(
        [&](const auto& held) {
            if constexpr (kIsList<std::decay_t<decltype(held)>>) {
                for (const auto& element : held)
                    if (!use(static_cast<typename std::decay_t<decltype(held)>::value_type>(element)))
                        return false;
                return true;
            } else {
                return use(held);
            }
        },
        value);
}

template <typename Disk, typename Kept> bool numberFits(Kept number)
{
    if constexpr (std::is_same_v<Disk, bool> || std::is_same_v<Kept, bool>)
        return std::is_same_v<Disk, Kept>;
    else if constexpr (std::is_floating_point_v<Disk> || std::is_floating_point_v<Kept>)
        return std::is_floating_point_v<Disk> && std::is_floating_point_v<Kept>;
    else
        return std::in_range<Disk>(number);
}

bool isList(const MetaValue& value)
{
    return std::visit([](const auto& held) { return kIsList<std::decay_t<decltype(held)>>; }, value);
}

std::uint64_t listLength(const MetaValue& value)
{
    return std::visit(
        [](const auto& held) -> std::uint64_t {
            if constexpr (kIsList<std::decay_t<decltype(held)>>)
                return held.size();
            else
                return 1;
        },
        value);
}

} // namespace

void appendText(std::vector<std::byte>& out, std::string_view text)
{
    appendRaw<std::uint64_t>(out, text.size());
    const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
    out.insert(out.end(), bytes, bytes + text.size());
}

GgufValueType usualValueType(const MetaValue& value)
{
    GgufValueType narrow = GgufValueType::Text, wide = GgufValueType::Text;
    std::visit(
        [&](const auto& held) {
            using Held = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Held, bool> || std::is_same_v<Held, std::vector<bool>>)
                narrow = wide = GgufValueType::Bool;
            else if constexpr (std::is_same_v<Held, std::uint64_t> ||
                               std::is_same_v<Held, std::vector<std::uint64_t>>)
                narrow = GgufValueType::U32, wide = GgufValueType::U64;
            else if constexpr (std::is_same_v<Held, std::int64_t> ||
                               std::is_same_v<Held, std::vector<std::int64_t>>)
                narrow = GgufValueType::I32, wide = GgufValueType::I64;
            else if constexpr (!std::is_same_v<Held, std::string> &&
                               !std::is_same_v<Held, std::vector<std::string>>)
                narrow = wide = GgufValueType::F32;
        },
        value);
    return valueFits(value, narrow) ? narrow : wide;
}

bool valueFits(const MetaValue& value, GgufValueType type)
{
    const bool text =
        std::holds_alternative<std::string>(value) || std::holds_alternative<std::vector<std::string>>(value);
    if (text || type == GgufValueType::Text)
        return text && type == GgufValueType::Text;
    return withDiskType(type, [&](auto* disk) {
        using Disk = std::remove_pointer_t<decltype(disk)>;
        return eachElement(value, [](const auto& element) {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(element)>>)
                return numberFits<Disk>(element);
            else
                return false;
        });
    });
}

void appendValue(std::vector<std::byte>& out, const MetaValue& value, GgufValueType type)
{
    if (isList(value))
        appendRaw(out, GgufValueType::List);
    appendRaw(out, type);
    if (isList(value))
        appendRaw(out, listLength(value));
    eachElement(value, [&](const auto& element) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(element)>>)
            return withDiskType(type, [&](auto* disk) {
                appendRaw(out, static_cast<std::remove_pointer_t<decltype(disk)>>(element));
                return true;
            });
        else
            appendText(out, element);
        return true;
    });
}

} // namespace lectern
