#include "engine/model/adapted_file.h"

#include <algorithm>

namespace lectern {

AdaptedFile::AdaptedFile(std::shared_ptr<const ModelFile> base) : m_base(std::move(base))
{
    m_metadata = m_base->metadata();
    m_tensors = m_base->tensors();
}

void AdaptedFile::replace(const std::string& name, std::uint64_t cols, std::uint64_t rows,
                          std::vector<float> values)
{
    m_owned.push_back(std::move(values));
    TensorEntry entry;
    entry.name = name;
    entry.shape = {cols, std::max<std::uint64_t>(rows, 1), 1, 1};
    entry.dimensions = rows == 0 ? 1 : 2;
    entry.bytes = m_owned.back().size() * sizeof(float);
    entry.data = reinterpret_cast<const std::byte*>(m_owned.back().data());
    const auto place = std::ranges::find(m_tensors, name, &TensorEntry::name);
    if (place != m_tensors.end())
        *place = std::move(entry);
    else
        m_tensors.push_back(std::move(entry));
}

void AdaptedFile::setKey(const std::string& key, MetaValue value)
{
    Metadata changed;
    changed.insert(key, std::move(value));
    for (const auto& [name, old] : m_metadata.entries())
        changed.insert(name, old);
    m_metadata = std::move(changed);
}

void AdaptedFile::replaceKeys(const std::string& prefix, const Metadata& from)
{
    Metadata changed;
    for (const auto& [key, value] : m_metadata.entries())
        if (!key.starts_with(prefix))
            changed.insert(key, value);
    for (const auto& [key, value] : from.entries())
        if (key.starts_with(prefix))
            changed.insert(key, value);
    m_metadata = std::move(changed);
}

} // namespace lectern
