#include "engine/format/metadata.h"

#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace lectern {

namespace {

tl::unexpected<Error> wrongValue(std::string_view key, const char* wanted)
{
    return fail(ErrorCode::BadInput,
                "The model's metadata key \"" + std::string(key) + "\" is not " + wanted + ".",
                "The file is damaged or was written by a faulty converter; get it again.");
}

std::optional<std::uint64_t> asUnsigned(const MetaValue& value)
{
    if (const auto* number = std::get_if<std::uint64_t>(&value))
        return *number;
    if (const auto* number = std::get_if<std::int64_t>(&value); number && *number >= 0)
        return static_cast<std::uint64_t>(*number);
    return std::nullopt;
}

// The elements of any list of numbers, through `convert`; false if `value` is not such a list.
template <typename Convert> bool eachNumber(const MetaValue& value, Convert convert)
{
    return std::visit(
        [&](const auto& list) {
            using List = std::decay_t<decltype(list)>;
            if constexpr (kIsList<List> && !std::is_same_v<List, std::vector<std::string>> &&
                          !std::is_same_v<List, std::vector<bool>>) {
                for (const auto number : list)
                    convert(number);
                return true;
            } else {
                return false;
            }
        },
        value);
}

} // namespace

bool Metadata::insert(std::string key, MetaValue value)
{
    return m_entries.try_emplace(std::move(key), std::move(value)).second;
}

const MetaValue* Metadata::find(std::string_view key) const
{
    const auto entry = m_entries.find(key);
    return entry == m_entries.end() ? nullptr : &entry->second;
}

Result<std::uint64_t> Metadata::unsignedOr(std::string_view key, std::uint64_t fallback) const
{
    const MetaValue* value = find(key);
    if (!value)
        return fallback;
    if (const auto number = asUnsigned(*value))
        return *number;
    return wrongValue(key, "a whole number of zero or more");
}

Result<double> Metadata::numberOr(std::string_view key, double fallback) const
{
    const MetaValue* value = find(key);
    if (!value)
        return fallback;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (const auto* real = std::get_if<double>(value))
        number = *real;
    else if (const auto* whole = std::get_if<std::uint64_t>(value))
        number = static_cast<double>(*whole);
    else if (const auto* integer = std::get_if<std::int64_t>(value))
        number = static_cast<double>(*integer);
    if (!std::isfinite(number))
        return wrongValue(key, "a finite number");
    return number;
}

Result<bool> Metadata::boolOr(std::string_view key, bool fallback) const
{
    const MetaValue* value = find(key);
    if (!value)
        return fallback;
    if (const auto* flag = std::get_if<bool>(value))
        return *flag;
    return wrongValue(key, "true or false");
}

Result<std::string> Metadata::textOr(std::string_view key, std::string fallback) const
{
    const MetaValue* value = find(key);
    if (!value)
        return fallback;
    if (const auto* text = std::get_if<std::string>(value))
        return *text;
    return wrongValue(key, "a text");
}

Result<std::vector<std::string>> Metadata::texts(std::string_view key) const
{
    const MetaValue* value = find(key);
    if (!value)
        return std::vector<std::string>{};
    if (const auto* list = std::get_if<std::vector<std::string>>(value))
        return *list;
    return wrongValue(key, "a list of texts");
}

Result<std::vector<double>> Metadata::numbers(std::string_view key) const
{
    std::vector<double> list;
    const MetaValue* value = find(key);
    if (!value)
        return list;
    if (!eachNumber(*value, [&](auto number) { list.push_back(static_cast<double>(number)); }))
        return wrongValue(key, "a list of numbers");
    return list;
}

Result<std::vector<std::uint64_t>> Metadata::unsignedPerLayer(std::string_view key, std::size_t count,
                                                              std::uint64_t fallback) const
{
    const MetaValue* value = find(key);
    if (!value)
        return std::vector<std::uint64_t>(count, fallback);
    if (const auto number = asUnsigned(*value))
        return std::vector<std::uint64_t>(count, *number);
    if (const auto* flags = std::get_if<std::vector<bool>>(value); flags && flags->size() == count)
        return std::vector<std::uint64_t>(flags->begin(), flags->end());

    std::vector<std::uint64_t> list;
    bool whole = true;
    const bool numeric = eachNumber(*value, [&](auto number) {
        using Number = decltype(number);
        if constexpr (std::is_floating_point_v<Number>)
            whole = false;
        else
            whole = whole && std::in_range<std::uint64_t>(number);
        list.push_back(whole ? static_cast<std::uint64_t>(number) : 0);
    });
    if (!numeric || !whole || list.size() != count)
        return wrongValue(
            key, ("a whole number or a list of " + std::to_string(count) + " whole numbers").c_str());
    return list;
}

} // namespace lectern
