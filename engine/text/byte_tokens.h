// The byte pieces <0x00> .. <0xFF> of SentencePiece vocabularies, and the unknown token where they are
// missing.
#pragma once

#include "engine/base/result.h"
#include "engine/text/tokenizer.h"

#include <array>
#include <optional>
#include <string_view>

namespace lectern {

// The byte of a piece that is exactly "<0xHH>" with two upper-case hexadecimal digits.
std::optional<std::uint8_t> parseBytePiece(std::string_view piece);

class ByteTokens {
public:
    // BadInput if a piece of type Byte is not of that form.
    static Result<ByteTokens> of(const Vocabulary& vocabulary);

    bool complete() const { return m_count == 256; }
    TokenId operator[](std::uint8_t byte) const { return m_ids[byte]; } // -1 if the vocabulary lacks it

    // Writes `text` as byte tokens; a byte without one becomes the unknown token (one for the whole text).
    // BadInput if there is neither.
    Status write(std::string_view text, std::uint64_t offset, Encoding& out) const;

private:
    std::array<TokenId, 256> m_ids{};
    int m_count = 0;
    TokenId m_unknown = -1;
};

} // namespace lectern
