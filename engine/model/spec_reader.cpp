#include "engine/model/spec_reader.h"

#include <cmath>

namespace lectern {

void SpecReader::refuse(ErrorCode code, const std::string& message, const std::string& hint)
{
    if (m_status)
        m_status = fail(code, message, hint);
}

int SpecReader::count(const std::string& key, std::uint64_t most, std::uint64_t fallback)
{
    const auto value = m_metadata.unsignedOr(m_prefix + key, fallback);
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
