// A folder as Hugging Face publishes models: config.json and safetensors weights, single or sharded, shown
// under GGUF's keys and names. Matrices stay where they are mapped; norms that GGUF holds otherwise, and
// tensors that lie at odd addresses, are copied.
#pragma once

#include "engine/format/hf_family.h"
#include "engine/format/model_file.h"
#include "engine/format/safetensors_file.h"

namespace lectern {

// The folder of such a model: `path` itself, or where the config.json lies that `path` is. Empty if neither.
std::string hfFolderOf(const std::string& path);

class HfFolder : public ModelFile {
public:
    // BadInput or Unsupported naming the key or tensor, NotFound naming the file.
    static Result<std::shared_ptr<const HfFolder>> open(const std::string& folder);

    std::uint64_t fileBytes() const override { return m_weights->fileBytes(); }
    Status stillIntact() const override { return m_weights->stillIntact(); }
    std::string tokenizerFolder() const override { return m_folder; }
    bool keepsHalves() const override { return m_family->traits.interleaves; }
    std::vector<std::string> warnings() const override { return m_warnings; }

private:
    HfFolder() = default;
    Status addTensors(bool tied);
    Status addTensor(const SafetensorsEntry& entry, const std::string& name);
    void own(TensorEntry& tensor, std::vector<std::byte> bytes);
    void addVector(const std::string& name, const std::vector<float>& values);

    std::string m_folder;
    const HfFamily* m_family = nullptr;
    std::shared_ptr<const SafetensorsFile> m_weights;
    std::vector<std::vector<std::byte>> m_owned;
    std::vector<std::string> m_warnings;
};

// The values of a tensor whose type is F32, F16, BF16 or F64, at any address; nothing for another type.
std::vector<float> plainValues(const TensorEntry& tensor);

} // namespace lectern
