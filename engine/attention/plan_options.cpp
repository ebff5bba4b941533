#include "engine/attention/plan_options.h"

#include <charconv>
#include <optional>

namespace lectern {

namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30;

std::optional<std::int64_t> wholeNumber(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > kLargest)
        return std::nullopt;
    return value;
}

} // namespace

Result<PlanOptions> PlanOptions::parse(const std::string& text)
{
    PlanOptions options;
    const std::size_t colon = text.find(':');
    options.m_name = text.substr(0, colon);
    std::size_t at = colon == std::string::npos ? text.size() : colon + 1;
    while (at < text.size()) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, comma - at);
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(ErrorCode::Usage, "The plan part \"" + part + "\" is not of the form key=value.",
                        "Write, for example, longgen:sink=64,window=2048.");
        if (!options.m_values.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
            return fail(ErrorCode::Usage, "The plan says \"" + part.substr(0, equals) + "\" twice.", "Say it once.");
        at = comma + 1;
    }
    return options;
}

Result<std::int64_t> PlanOptions::number(const std::string& key, std::int64_t fallback, std::int64_t least)
{
    m_used.insert(key);
    const auto found = m_values.find(key);
    if (found == m_values.end())
        return fallback;
    const auto value = wholeNumber(found->second);
    if (!value || *value < least)
        return fail(ErrorCode::Usage, "The plan's " + key + "=" + found->second + " is not a whole number of at least " +
                                          std::to_string(least) + ".",
                    "Correct the number.");
    return *value;
}

Result<std::set<int>> PlanOptions::layerList(const std::string& key, int layers)
{
    m_used.insert(key);
    std::set<int> list;
    const std::string& text = m_values.at(key);
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t plus = std::min(text.find('+', at), text.size());
        const std::string part = text.substr(at, plus - at);
        const std::size_t dash = part.find('-');
        const auto first = wholeNumber(std::string_view(part).substr(0, dash));
        const auto last = dash == std::string::npos ? first : wholeNumber(std::string_view(part).substr(dash + 1));
        if (!first || !last || *first > *last || *last >= layers)
            return fail(ErrorCode::Usage, "The plan's " + key + "=" + text + " is not a list of layers below " +
                                              std::to_string(layers) + ".",
                        "Write ranges joined by +, for example 4-7 or 0-2+9.");
        for (std::int64_t layer = *first; layer <= *last; ++layer)
            list.insert(static_cast<int>(layer));
        at = plus + 1;
    }
    return list;
}

Status PlanOptions::refuseUnused() const
{
    for (const auto& [key, value] : m_values)
        if (!m_used.count(key))
            return fail(ErrorCode::Usage, "The plan " + m_name + " has no option \"" + key + "\".",
                        "Remove it, or see the list of plans in the README.");
    return {};
}

} // namespace lectern
