// The heart of a tokenizer: cuts a text without special tokens into pieces of the vocabulary.
// One implementation per VocabularyKind. const methods may be called from several threads.
#pragma once

#include "engine/base/result.h"
#include "engine/text/tokenizer.h"

#include <memory>
#include <string_view>

namespace lectern {

class Segmenter {
public:
    virtual ~Segmenter() = default;

    enum class Lead {
        Plain, // goes on after other text
        Space, // begins a text: SentencePiece's dummy space goes in front where the model wants it
    };

    // Appends the tokens of `text` to `out`; their offsets count from `base`.
    virtual Status encode(std::string_view text, Lead lead, std::uint64_t base, Encoding& out) const = 0;
};

// One flag per id: this piece may not come out of segmentation (special tokens, bytes).
using Excluded = std::vector<std::uint8_t>;

// Each keeps a pointer to `vocabulary`, which must outlive it. Errors as Tokenizer::create().
Result<std::unique_ptr<Segmenter>> makeSentencePieceBpe(const Vocabulary& vocabulary,
                                                        const Excluded& excluded);
Result<std::unique_ptr<Segmenter>> makeUnigram(const Vocabulary& vocabulary, const Excluded& excluded);
Result<std::unique_ptr<Segmenter>> makeByteBpe(const Vocabulary& vocabulary, const Excluded& excluded);

} // namespace lectern
