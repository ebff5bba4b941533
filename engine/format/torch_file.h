// Float tensors saved by torch.save() (.bin, .pt): a zip of a pickle and raw storages, mapped, nothing
// executed (pickle_reader.h). Files of torch before 1.6 are refused with a word.
#pragma once

#include "engine/base/mapped_file.h"
#include "engine/format/gguf_parser.h"

#include <memory>

namespace lectern {

class TorchFile {
public:
    // BadInput or Unsupported naming the tensor, or the name that the file wanted to call.
    static Result<std::shared_ptr<const TorchFile>> open(const std::string& path);

    // F32, shape with the fastest dimension first; the data may start at any byte (see
    // SafetensorsEntry::tensor).
    const std::vector<TensorEntry>& tensors() const { return m_tensors; }

private:
    TorchFile() = default;
    MappedFile m_file;
    std::vector<TensorEntry> m_tensors; // sorted by name
};

// The same from memory; the entries point into `bytes`.
Result<std::vector<TensorEntry>> parseTorchFile(std::span<const std::byte> bytes, const std::string& label);

} // namespace lectern
