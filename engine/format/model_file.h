// A model as the architectures read it: numbers and tensors under GGUF's names (ggml/docs/gguf.md), whatever
// kind of file they lie in. Immutable once opened; any thread.
#pragma once

#include "engine/base/result.h"
#include "engine/format/gguf_parser.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

class ModelFile {
public:
    virtual ~ModelFile() = default;

    // `path`: a GGUF file (part 1 of a split one), or the folder of a Hugging Face model, or its config.json.
    static Result<std::shared_ptr<const ModelFile>> open(const std::string& path);

    const Metadata& metadata() const { return m_metadata; }
    // Sorted by name; their data lives as long as this object.
    const std::vector<TensorEntry>& tensors() const { return m_tensors; }
    const TensorEntry* find(std::string_view name) const; // nullptr if absent

    virtual std::uint64_t fileBytes() const = 0; // all parts together
    // The files on disk still are those that were mapped (size and time): else reading them could fault
    // (SIGBUS).
    virtual Status stillIntact() const = 0;
    // These bytes of the tensors will hardly be read again: mapped pages of memory are given back (and read from the file
    // anew where that proves wrong).
    virtual void forget(std::span<const std::byte>) const {}
    // Where tokenizer.json or tokenizer.model lie; empty where the metadata holds the tokenizer.
    virtual std::string tokenizerFolder() const { return {}; }
    // Rows of the llama architecture's Q and K stand as they were trained, rotary pairs (i, i + n/2); GGUF
    // files hold them interleaved, (2i, 2i + 1).
    virtual bool keepsHalves() const { return false; }
    // An adapter gave it embeddings of more tokens than the model predicts.
    virtual bool growsVocabulary() const { return false; }
    // One sentence each: what of the files is not used, and what that means.
    virtual std::vector<std::string> warnings() const { return {}; }

protected:
    void sortTensors();

    Metadata m_metadata;
    std::vector<TensorEntry> m_tensors;
};

} // namespace lectern
