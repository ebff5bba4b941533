#include "engine/text/byte_tokens.h"

namespace lectern {

namespace {

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

std::optional<std::uint8_t> parseBytePiece(std::string_view piece)
{
    if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>')
        return std::nullopt;
    const int high = hexDigit(piece[3]);
    const int low = hexDigit(piece[4]);
    if (high < 0 || low < 0)
        return std::nullopt;
    return static_cast<std::uint8_t>(high * 16 + low);
}

Result<ByteTokens> ByteTokens::of(const Vocabulary& vocabulary)
{
    ByteTokens tokens;
    tokens.m_ids.fill(-1);
    tokens.m_unknown = vocabulary.unk.value_or(-1);
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) {
        if (vocabulary.types[id] != TokenType::Byte)
            continue;
        const auto byte = parseBytePiece(vocabulary.pieces[id]);
        if (!byte)
            return fail(ErrorCode::BadInput,
                        "The vocabulary is broken: token " + std::to_string(id) +
                            " is a byte token but does not read <0xHH>.",
                        "Get the model file again from where it was made.");
        TokenId& slot = tokens.m_ids[*byte];
        tokens.m_count += slot < 0 ? 1 : 0;
        if (slot < 0)
            slot = static_cast<TokenId>(id);
    }
    return tokens;
}

Status ByteTokens::write(std::string_view text, std::uint64_t offset, Encoding& out) const
{
    for (const char c : text) {
        if (m_ids[static_cast<std::uint8_t>(c)] >= 0)
            continue;
        if (m_unknown < 0)
            return fail(
                ErrorCode::BadInput,
                "The model's vocabulary can not write a character of this text and has no unknown token.",
                "Use a model whose tokenizer has byte tokens.");
        out.ids.push_back(m_unknown);
        out.offsets.push_back(offset);
        return {};
    }
    for (const char c : text) {
        out.ids.push_back(m_ids[static_cast<std::uint8_t>(c)]);
        out.offsets.push_back(offset++);
    }
    return {};
}

} // namespace lectern
