// Text to tokens and back. One class for every vocabulary kind; the algorithm behind it is chosen at
// create(). All const methods may be called from several threads at once. Time is n log n and stack use is
// flat for any input.
#pragma once

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/text/vocabulary.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

class ByteTrie;
class Segmenter;

// Who wrote a text decides what it may become.
enum class Trust {
    Text,     // a document or message: nothing in it becomes a control or template-marker token
    Template, // the model's own template: special tokens are recognised
};

struct TrustedText {
    std::string_view text;
    Trust trust = Trust::Text;
};

// Tokens with the bytes they stand for. Both vectors have the same length; offsets never decrease.
struct Encoding {
    std::vector<TokenId> ids;
    std::vector<std::uint64_t>
        offsets; // byte of the input where the token begins; its end is the next one's begin
};

class Tokenizer {
public:
    // BadInput if the vocabulary contradicts itself (says how), Unsupported for an unknown pre-tokenizer.
    static Result<std::unique_ptr<Tokenizer>> create(Vocabulary vocabulary);
    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    // `utf8` may hold any bytes; broken UTF-8 becomes byte tokens. BOS is never added here.
    // BadInput where the vocabulary has no way to write some byte and no unknown token.
    Result<std::vector<TokenId>> encode(std::string_view utf8, Trust trust) const;
    Result<Encoding> encodeWithOffsets(std::string_view utf8, Trust trust) const;
    // The parts as one text: merges run across part borders, special tokens lie wholly inside Template text.
    // Offsets count bytes of the parts joined together.
    Result<Encoding> encodeParts(std::span<const TrustedText> parts) const;

    // The raw bytes of one token; half a character is possible. Special tokens give their name, e.g. "</s>".
    // Empty for an id outside the vocabulary.
    const std::string& piece(TokenId id) const;
    // The bytes of a token sequence without special tokens: decode(encode(text, Trust::Text)) == text.
    std::string decode(std::span<const TokenId> ids) const;

    std::size_t vocabularySize() const { return m_vocabulary.pieces.size(); }
    const Vocabulary& vocabulary() const { return m_vocabulary; }
    bool isEndOfGeneration(TokenId id) const;
    // A control token, the unknown token or a template marker: Trust::Text never makes one
    // (save the unknown token, where the vocabulary has no bytes to fall back on).
    bool isSpecial(TokenId id) const;
    // True where text after `id` starts with SentencePiece's dummy space, which is not part of the text.
    bool spaceFollows(TokenId id) const;

    // The id whose piece reads exactly `text`, or -1.
    TokenId find(std::string_view text) const;

private:
    explicit Tokenizer(Vocabulary vocabulary);
    Status prepare();
    void markSpecials();
    struct Fragment;
    std::vector<Fragment> partition(std::string_view text, std::span<const std::uint8_t> trusted) const;

    Vocabulary m_vocabulary;
    std::vector<std::string> m_bytes;           // piece(), by id
    std::vector<std::uint8_t> m_special;        // isSpecial(), by id
    std::vector<std::uint8_t> m_stripsAfter;    // whitespace after this token is dropped, by id
    std::unique_ptr<ByteTrie> m_textTokens;     // user-defined tokens that plain text may form
    std::unique_ptr<ByteTrie> m_templateTokens; // all special and user-defined tokens
    std::unique_ptr<Segmenter> m_segmenter;
};

} // namespace lectern
