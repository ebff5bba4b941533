// GPT-2's alphabet: every byte as one printable character, so that pieces can be written in JSON. Printable
// Latin-1 stands for itself, the other 68 bytes are U+0100 and up, in order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lectern {

// The code point of each byte.
const std::array<std::uint32_t, 256>& byteAlphabet();

// The character of one byte, as UTF-8.
std::string byteCharacter(std::uint8_t byte);

// The bytes a piece stands for; nullopt if it holds a character outside the alphabet.
std::optional<std::string> decodeByteAlphabet(std::string_view piece);

} // namespace lectern
