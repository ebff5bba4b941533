// Writes a model as one GGUF file: bounded memory (a few rows a thread), the whole file or none, cancellable.
#pragma once

#include "engine/base/cancel.h"
#include "engine/base/thread_pool.h"
#include "engine/convert/tensor_source.h"

namespace lectern {

struct WriteProgress {
    std::uint64_t doneBytes = 0, totalBytes = 0; // of tensor data written
    std::string tensor;                          // under way
};

struct WriteSettings {
    // Of the matrices; none: as they are stored (F64 as F32). Vectors are F32, as readers of GGUF want them.
    std::optional<TensorType> type;
    std::function<void(const WriteProgress&)> progress; // called on the calling thread
    CancelToken cancel;
};

struct WriteReport {
    std::uint64_t bytes = 0;                  // of tensor data
    std::map<std::string, int> types;         // tensors by type
    std::vector<std::string> warnings;
};

// The type a matrix gets: `wanted`, or the next larger that its rows allow (K types need rows of 256); the
// output matrix at least 6 bits, because errors there are errors of the answer.
TensorType storedType(const SourceTensor& tensor, TensorType wanted);

// "Q8_0, Q4_K, ...": the types that can be written.
std::string writableTypeNames();
// Usage error naming the types there are. Any case.
Result<TensorType> writableType(const std::string& name);

Result<WriteReport> writeModel(const TensorSource& source, const std::string& path, const WriteSettings& settings,
                               ThreadPool& pool);

} // namespace lectern
