// A GGUF model file, versions 2 and 3, mapped into memory and checked before anything is used
// (ggml/docs/gguf.md; the limits are those of faults.md section 3: every count, size and offset is proved to
// lie inside the file with arithmetic that cannot wrap).
#pragma once

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/format/model_file.h"

#include <memory>

namespace lectern {

class GgufFile : public ModelFile {
public:
    // BadInput names the key or tensor that is wrong. Split files (-00001-of-000NN.gguf) open from part 1.
    static Result<std::shared_ptr<const GgufFile>> open(const std::string& path);

    std::uint32_t version() const { return m_version; }
    std::uint64_t fileBytes() const override;
    Status stillIntact() const override;
    void forget(std::span<const std::byte> bytes) const override;

private:
    GgufFile() = default;
    Status addPart(const std::string& path);

    std::vector<MappedFile> m_parts;
    std::uint32_t m_version = 0;
};

} // namespace lectern
