// A GGUF model file, versions 2 and 3, mapped into memory and checked before anything is used
// (ggml/docs/gguf.md; the limits are those of faults.md section 3: every count, size and offset is proved to
// lie inside the file with arithmetic that cannot wrap).
#pragma once

#include "engine/base/mapped_file.h"
#include "engine/base/result.h"
#include "engine/format/gguf_parser.h"

#include <memory>

namespace lectern {

class GgufFile {
public:
    // BadInput names the key or tensor that is wrong. Split files (-00001-of-000NN.gguf) open from part 1.
    static Result<std::shared_ptr<const GgufFile>> open(const std::string& path);

    const Metadata& metadata() const { return m_metadata; }
    const std::vector<TensorEntry>& tensors() const { return m_tensors; }
    const TensorEntry* find(std::string_view name) const; // nullptr if absent
    std::uint32_t version() const { return m_version; }
    std::uint64_t fileBytes() const; // all parts together
    // The file on disk still is the one that was mapped (size and time): else reading it could fault
    // (SIGBUS).
    Status stillIntact() const;

private:
    GgufFile() = default;
    Status addPart(const std::string& path);

    std::vector<MappedFile> m_parts;
    Metadata m_metadata;
    std::vector<TensorEntry> m_tensors; // sorted by name for find()
    std::uint32_t m_version = 0;
};

} // namespace lectern
