// What a model file says about its tokenizer, as plain data. Follows GGUF's tokenizer.* keys
// (ggml/docs/gguf.md). A plain value: copy it, move it, share it read-only between threads.
#pragma once

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/format/metadata.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lectern {

enum class VocabularyKind {
    SentencePieceBpe, // "llama": scores, byte pieces <0xNN>
    Unigram,          // "t5": log probabilities, Viterbi
    ByteBpe,          // "gpt2": merges over GPT-2's byte alphabet
};

// GGUF's numbers (tokenizer.ggml.token_type). On disk: do not renumber.
enum class TokenType : std::uint8_t {
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6
};

struct Vocabulary {
    VocabularyKind kind = VocabularyKind::SentencePieceBpe;
    std::string preTokenizer; // byte-level BPE only: a name of pre_tokenizer_patterns.h

    // Indexed by TokenId; scores and types are as long as pieces.
    std::vector<std::string> pieces; // as in the file: U+2581 for spaces, or GPT-2's byte alphabet
    std::vector<float> scores;
    std::vector<TokenType> types;
    std::vector<std::string> merges; // byte-level BPE: "left right", best first

    std::optional<TokenId> bos, eos, eot, eom, unk, sep, pad; // each < pieces.size()
    std::vector<TokenId> endOfGeneration;                     // sorted; any of them ends an answer

    bool addBos = false; // the model wants `bos` before a prompt
    bool addEos = false;
    bool addSpacePrefix = false;        // SentencePiece's dummy space before text
    bool removeExtraWhitespace = false; // unigram normaliser
    bool whitespaceAsSuffix = false;    // unigram: U+2581 ends a word instead of starting it
    bool ignoreMerges = false;          // byte-level BPE: a word that is a piece is taken whole
    bool stripAfterSpecial = false;     // Phi-3: whitespace after a special token is dropped
    std::vector<std::uint8_t> charsmap; // unigram: SentencePiece's precompiled normaliser, may be empty

    std::string chatTemplate;                          // Jinja text; empty if the file has none
    std::map<std::string, std::string> namedTemplates; // tokenizer.chat_template.<name>

    std::vector<std::string> warnings; // one sentence each, to show or log
};

// BadInput names the key that is wrong; Unsupported names a tokenizer kind or pre-tokenizer Lectern does not
// have.
Result<Vocabulary> readVocabulary(const Metadata& metadata);

// Fills `endOfGeneration` (and `eot`, where it is absent) from the ids and from well-known texts such as
// <|im_end|>. For vocabularies made by hand; readVocabulary() has done it.
void findEndOfGeneration(Vocabulary& vocabulary);

} // namespace lectern
