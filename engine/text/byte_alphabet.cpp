#include "engine/text/byte_alphabet.h"

#include "engine/text/utf8.h"

namespace lectern {

namespace {

constexpr bool standsForItself(std::uint32_t byte)
{
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::uint32_t kFirstOther = 0x100;

constexpr std::array<std::uint32_t, 256> makeAlphabet()
{
    std::array<std::uint32_t, 256> out{};
    std::uint32_t other = kFirstOther;
    for (std::uint32_t byte = 0; byte < 256; ++byte)
        out[byte] = standsForItself(byte) ? byte : other++;
    return out;
}

constexpr std::array<std::uint32_t, 256> kAlphabet = makeAlphabet();
constexpr std::uint32_t kEnd = kFirstOther + 68;

constexpr std::array<int, kEnd> makeInverse()
{
    std::array<int, kEnd> out{};
    out.fill(-1);
    for (std::size_t byte = 0; byte < 256; ++byte)
        out[kAlphabet[byte]] = static_cast<int>(byte);
    return out;
}

constexpr std::array<int, kEnd> kInverse = makeInverse();

} // namespace

const std::array<std::uint32_t, 256>& byteAlphabet()
{
    return kAlphabet;
}

std::string byteCharacter(std::uint8_t byte)
{
    std::string out;
    utf8::append(out, kAlphabet[byte]);
    return out;
}

std::optional<std::string> decodeByteAlphabet(std::string_view piece)
{
    std::string out;
    for (std::size_t at = 0; at < piece.size();) {
        const utf8::Character character = utf8::decode(piece.substr(at));
        if (!character.valid || character.codePoint >= kEnd || kInverse[character.codePoint] < 0)
            return std::nullopt;
        out += static_cast<char>(kInverse[character.codePoint]);
        at += character.bytes;
    }
    return out;
}

} // namespace lectern
