#include "engine/model/spec_reader.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lectern {

namespace {
constexpr std::uint64_t kMostWindow = std::uint64_t{1} << 30;
} // namespace

void SpecReader::refuse(ErrorCode code, const std::string& message, const std::string& hint)
{
    if (m_status)
        m_status = fail(code, message, hint);
}

int SpecReader::count(const std::string& key, std::uint64_t most, std::uint64_t fallback)
{
    const auto values = m_metadata.numbers(m_prefix + key);
    const bool list = values && values->size() > 1;
    if (list && std::adjacent_find(values->begin(), values->end(), std::not_equal_to<>()) != values->end()) {
        refuse(ErrorCode::Unsupported, "The model's " + m_prefix + key + " differs between layers.",
               "This version computes models whose layers are alike.");
        return 1;
    }
    const auto value =
        list ? Result<std::uint64_t>(static_cast<std::uint64_t>(std::clamp(values->front(), 0.0, 1e18)))
             : m_metadata.unsignedOr(m_prefix + key, fallback);
    if (!value) {
        if (m_status)
            m_status = failed(value);
    } else if (*value < 1 || *value > most) {
        refuse(ErrorCode::BadInput,
               "The model's " + m_prefix + key + " is " + (has(key) ? std::to_string(*value) : "missing") +
                   "; it must be from 1 to " + std::to_string(most) + ".",
               "The file is damaged or was converted wrongly.");
    }
    return m_status ? static_cast<int>(*value) : 1;
}

std::vector<std::int64_t> SpecReader::windows(int layers, std::uint64_t window, std::uint64_t period)
{
    const auto size = m_metadata.unsignedOr(m_prefix + "attention.sliding_window", window);
    if (!size && m_status)
        m_status = failed(size);
    if (!m_status || *size == 0)
        return {};
    if (*size > kMostWindow)
        refuse(ErrorCode::BadInput, "The model's " + m_prefix + "attention.sliding_window is absurdly large.",
               "The file is damaged.");
    const std::string pattern = m_prefix + "attention.sliding_window_pattern";
    std::vector<std::int64_t> windows(static_cast<std::size_t>(layers));
    const MetaValue* found = m_metadata.find(pattern);
    if (const auto* flags = found ? std::get_if<std::vector<bool>>(found) : nullptr) {
        if (flags->size() < windows.size())
            refuse(ErrorCode::BadInput, "The model's " + pattern + " has fewer values than layers.",
                   "The file is damaged or was converted wrongly.");
        for (std::size_t i = 0; i < std::min(windows.size(), flags->size()); ++i)
            windows[i] = (*flags)[i] ? std::int64_t(*size) : 0;
        return windows;
    }
    const auto every = m_metadata.unsignedOr(pattern, period);
    if (!every && m_status)
        m_status = failed(every);
    for (std::size_t i = 0; m_status && i < windows.size(); ++i)
        windows[i] = *every == 0 || i % *every < *every - 1 ? std::int64_t(*size) : 0;
    return windows;
}

double SpecReader::number(const std::string& key, double fallback)
{
    const auto value = m_metadata.numberOr(m_prefix + key, fallback);
    if (!value && m_status)
        m_status = failed(value);
    if (value && !std::isfinite(*value))
        refuse(ErrorCode::BadInput, "The model's " + m_prefix + key + " is not a finite number.",
               "The file is damaged.");
    return m_status ? *value : fallback;
}

std::string SpecReader::text(const std::string& key, const std::string& fallback)
{
    const auto value = m_metadata.textOr(m_prefix + key, fallback);
    if (!value && m_status)
        m_status = failed(value);
    return m_status ? *value : fallback;
}

} // namespace lectern
