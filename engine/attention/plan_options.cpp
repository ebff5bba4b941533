#include "engine/attention/plan_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lectern {

namespace {

constexpr std::int64_t kLargest = std::int64_t{1} << 30;

template <typename Number> std::optional<Number> wholeText(std::string_view text)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string shortNumber(double value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

} // namespace

std::optional<std::int64_t> wholeNumber(std::string_view text)
{
    const auto value = wholeText<std::int64_t>(text);
    return value && *value >= 0 && *value <= kLargest ? value : std::nullopt;
}

std::optional<double> realNumber(std::string_view text)
{
    const auto value = wholeText<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

Result<PlanOptions> PlanOptions::parse(const std::string& text, const std::string& subject, OptionsLead lead)
{
    PlanOptions options;
    options.m_subject = subject;
    const std::size_t colon = text.find(':');
    options.m_name = text.substr(0, colon);
    std::size_t at = colon == std::string::npos ? text.size() : colon + 1;
    for (bool first = true; at < text.size(); first = false) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, comma - at);
        at = comma + 1;
        const std::size_t equals = part.find('=');
        const bool keyed = equals != std::string::npos && equals > 0;
        if (first && (lead == OptionsLead::Path || (lead == OptionsLead::Value && !keyed))) {
            options.m_lead = part;
            continue;
        }
        if (!keyed)
            return fail(ErrorCode::Usage,
                        "The " + subject + " part \"" + part + "\" is not of the form key=value.",
                        "Write, for example, longgen:sink=64,window=2048.");
        if (!options.m_values.emplace(part.substr(0, equals), part.substr(equals + 1)).second)
            return fail(ErrorCode::Usage, "The " + subject + " says \"" + part.substr(0, equals) + "\" twice.",
                        "Say it once.");
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
        return fail(ErrorCode::Usage,
                    "The " + m_subject + "'s " + key + "=" + found->second +
                        " is not a whole number of at least " + std::to_string(least) + ".",
                    "Correct the number.");
    return *value;
}

Result<double> PlanOptions::real(const std::string& key, double fallback, double least, double most)
{
    m_used.insert(key);
    const auto found = m_values.find(key);
    if (found == m_values.end())
        return fallback;
    const auto value = realNumber(found->second);
    if (!value || *value < least || *value > most)
        return fail(ErrorCode::Usage,
                    "The " + m_subject + "'s " + key + "=" + found->second + " is not a number from " +
                        shortNumber(least) + " to " + shortNumber(most) + ".",
                    "Correct the number.");
    return *value;
}

Result<std::string> PlanOptions::word(const std::string& key, const std::string& fallback,
                                      std::span<const char* const> words)
{
    const std::string value = text(key, fallback);
    if (std::find(words.begin(), words.end(), value) != words.end())
        return value;
    std::string list;
    for (const char* word : words)
        list += (list.empty() ? "" : ", ") + std::string(word);
    return fail(ErrorCode::Usage, "The " + m_subject + " has no " + key + "=" + value + ".",
                "Use one of: " + list + ".");
}

std::string PlanOptions::text(const std::string& key, const std::string& fallback)
{
    m_used.insert(key);
    const auto found = m_values.find(key);
    return found == m_values.end() ? fallback : found->second;
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
        const auto last =
            dash == std::string::npos ? first : wholeNumber(std::string_view(part).substr(dash + 1));
        if (!first || !last || *first > *last || *last >= layers)
            return fail(ErrorCode::Usage,
                        "The " + m_subject + "'s " + key + "=" + text + " is not a list of layers below " +
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
            return fail(ErrorCode::Usage, "The " + m_subject + " " + m_name + " has no option \"" + key + "\".",
                        "Remove it, or see the lists in the README.");
    return {};
}

} // namespace lectern
