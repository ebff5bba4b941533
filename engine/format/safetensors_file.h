// The weights of a Hugging Face model: one safetensors file, or a folder of them with
// model.safetensors.index.json.
#pragma once

#include "engine/base/mapped_file.h"
#include "engine/format/safetensors_header.h"

#include <memory>

namespace lectern {

class SafetensorsFile {
public:
    // `path`: a .safetensors file, a model.safetensors.index.json, or the folder of either. BadInput names
    // the tensor or file that is wrong; NotFound where a folder holds no weights or a shard is missing.
    static Result<std::shared_ptr<const SafetensorsFile>> open(const std::string& path);

    const std::vector<SafetensorsEntry>& tensors() const { return m_tensors; }        // sorted by name
    const SafetensorsEntry* find(std::string_view name) const;                        // nullptr if absent
    const std::map<std::string, std::string>& metadata() const { return m_metadata; } // of the first file
    std::uint64_t fileBytes() const;                                                  // all shards together
    // See GgufFile::stillIntact().
    Status stillIntact() const;

private:
    SafetensorsFile() = default;
    Status addFile(const std::string& path);
    Status addShards(const std::string& indexPath);

    std::vector<MappedFile> m_files;
    std::map<std::string, std::string> m_metadata;
    std::vector<SafetensorsEntry> m_tensors;
};

} // namespace lectern
