// A model file with some tensors and keys of another origin in place of its own.
#pragma once

#include "engine/format/model_file.h"

namespace lectern {

class AdaptedFile : public ModelFile {
public:
    explicit AdaptedFile(std::shared_ptr<const ModelFile> base);

    // Values in f32, [rows][cols] (rows 0: one dimension). Takes the place of a tensor of that name.
    void replace(const std::string& name, std::uint64_t cols, std::uint64_t rows, std::vector<float> values);
    // Keys of `from` that begin with `prefix` take the place of all keys that do.
    void replaceKeys(const std::string& prefix, const Metadata& from);
    void setKey(const std::string& key, MetaValue value);
    void done() { sortTensors(); }

    std::uint64_t fileBytes() const override { return m_base->fileBytes(); }
    Status stillIntact() const override { return m_base->stillIntact(); }
    void forget(std::span<const std::byte> bytes) const override { m_base->forget(bytes); }
    std::string tokenizerFolder() const override { return m_base->tokenizerFolder(); }
    bool keepsHalves() const override { return m_base->keepsHalves(); }
    bool growsVocabulary() const override { return true; }
    std::vector<std::string> warnings() const override { return m_base->warnings(); }

private:
    std::shared_ptr<const ModelFile> m_base;
    std::vector<std::vector<float>> m_owned;
};

} // namespace lectern
