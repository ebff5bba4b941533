// Random models of every architecture, each beside its float64 reference: a random Llama file (random_gguf.h)
// given what the architecture has more and robbed of what it has not.
#pragma once

#include "tests/support/random_gguf.h"

namespace lectern::test {

// What the goldens in tests/golden were made of.
inline constexpr unsigned kGoldenSeed = 1, kGoldenTokenSeed = 12;
inline constexpr int kGoldenTokens = 300, kGoldenVocabulary = 48;

// "llama", "llama-yarn", "gemma2", ...
const std::vector<std::string>& randomArchitectureNames();

// Small: rows of 64 to 96 numbers. Wide: of 256 and 512, as types with blocks of 256 need them.
enum class ArchitectureWidth { Small, Wide };

// Contexts up to 320 tokens. The file names no tokens, only their number.
RandomGguf randomArchitecture(const std::string& name, TensorType type, unsigned seed,
                              ArchitectureWidth width = ArchitectureWidth::Small);

} // namespace lectern::test
