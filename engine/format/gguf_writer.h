// Builds a GGUF file (version 3): collect metadata and tensors, then write() once. Tensor data is given as
// bytes or is produced piece by piece while the file is written, so a model larger than memory can be
// written.
#pragma once

#include "engine/base/result.h"
#include "engine/base/tensor_type.h"
#include "engine/format/gguf_types.h"
#include "engine/format/metadata.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lectern {

class GgufWriter {
public:
    // Takes the next piece of a tensor's bytes.
    using Sink = std::function<Status(std::span<const std::byte> piece)>;
    // Hands all bytes of a tensor to the sink, in order; an error of either side ends the writing.
    using Producer = std::function<Status(const Sink& sink)>;

    // Without `type`, whole numbers are stored in 32 bits where they fit (else 64) and real numbers as F32:
    // what readers expect of published keys. For lists, `type` is that of the elements. BadInput: empty or
    // repeated key, or a value that `type` can not hold.
    Status add(const std::string& key, MetaValue value, std::optional<GgufValueType> type = std::nullopt);
    bool contains(std::string_view key) const { return m_metadata.contains(key); }

    // shape[0] is the fastest-moving dimension. BadInput: name or shape against the format, or a repeated
    // name.
    Status addTensor(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                     Producer producer);
    // Copies nothing: `bytes` must stay until write() returned.
    Status addTensor(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                     std::span<const std::byte> bytes);
    // Keeps the bytes inside the writer.
    Status addTensorOwned(const std::string& name, TensorType type, std::vector<std::uint64_t> shape,
                          std::vector<std::byte> bytes);

    // Replaces `path` only when all is on the disk; until then "<path>.tmp" is used. Disk, BadInput, or what
    // a producer answered.
    Status write(const std::string& path) const;

private:
    struct Key {
        std::string name;
        GgufValueType type; // of the value, or of a list's elements
    };
    struct Tensor {
        std::string name;
        TensorType type;
        std::vector<std::uint64_t> shape;
        std::uint64_t bytes;
        Producer producer;
    };

    std::vector<std::byte> header() const;

    Metadata m_metadata;
    std::vector<Key> m_keys; // in the order they were added
    std::vector<Tensor> m_tensors;
};

} // namespace lectern
