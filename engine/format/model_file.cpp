#include "engine/format/model_file.h"

#include "engine/format/gguf_file.h"
#include "engine/format/hf_folder.h"

#include <algorithm>
#include <filesystem>

namespace lectern {

const TensorEntry* ModelFile::find(std::string_view name) const
{
    const auto place = std::ranges::lower_bound(m_tensors, name, {}, &TensorEntry::name);
    return place != m_tensors.end() && place->name == name ? &*place : nullptr;
}

void ModelFile::sortTensors()
{
    std::ranges::sort(m_tensors, {}, &TensorEntry::name);
}

Result<std::shared_ptr<const ModelFile>> ModelFile::open(const std::string& path)
{
    const auto folder = hfFolderOf(path);
    if (!folder.empty())
        return HfFolder::open(folder);
    return GgufFile::open(path);
}

} // namespace lectern
